"""mlflow.py ENDPOINT FILE: logs an artifact in a run of its own and registers it as a model version, with mlflow."""
import os
import sys

endpoint, file = sys.argv[1:]
os.environ.update(MLFLOW_DISABLE_TELEMETRY="true", MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD="true")
# The script's own folder comes first among the places of modules, and this file has the package's name.
here = sys.path.pop(0)
from mlflow import MlflowClient

sys.path.append(here)
from figures import measure

client = MlflowClient(endpoint)


def upload():
    experiment = client.get_experiment_by_name("bench") or client.get_experiment(client.create_experiment("bench"))
    run = client.create_run(experiment.experiment_id)
    client.log_artifact(run.info.run_id, file, "model")
    if not client.search_registered_models("name = 'bench'"):
        client.create_registered_model("bench")
    client.create_model_version("bench", f"{run.info.artifact_uri}/model", run.info.run_id)
    client.set_terminated(run.info.run_id)


measure(upload)
