"""truefoundry.py ENDPOINT FILE: logs a model with truefoundry."""
import os
import sys

endpoint, file = sys.argv[1:]
os.environ.update(TFY_HOST=endpoint, TFY_API_KEY="tfy_bench")
# The script's own folder comes first among the places of modules, and this file has the package's name.
here = sys.path.pop(0)
from truefoundry.ml import get_client

sys.path.append(here)
from figures import measure

client = get_client()
measure(lambda: client.log_model(ml_repo="demo-repo", name="bench", model_file_or_folder=file, progress=False))
