"""synapse.py ENDPOINT FILE: creates a model on a Synapse backend with synapse-sdk."""
import sys

from synapse_sdk.clients.backend import BackendClient

from figures import measure

endpoint, file = sys.argv[1:]
client = BackendClient(endpoint, access_token="bench")
measure(lambda: client.create_model({"name": "bench", "plugin": "demo", "version": "1"}, file=file))
