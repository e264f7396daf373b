"""boto3.py ENDPOINT BUCKET FILE: uploads a file and a small object beside it, with boto3."""
import os
import sys

endpoint, bucket, file = sys.argv[1:]
# The script's own folder comes first among the places of modules, and this file has the package's name.
here = sys.path.pop(0)
import boto3
from botocore.config import Config

sys.path.append(here)
from figures import measure

client = boto3.client(
    "s3",
    endpoint_url=endpoint,
    region_name="us-east-1",
    aws_access_key_id="test",
    aws_secret_access_key=os.environ["BENCH_SECRET"],
    config=Config(s3={"addressing_style": "path"}),
)


def upload():
    client.upload_file(file, bucket, "bench/model.bin")
    client.put_object(Bucket=bucket, Key="bench/manifest.json", Body=b"{}")


measure(upload)
