"""An S3 server that others wrote (moto), with a bucket `audit` and one key, which checks each signature by botocore.

Prints its address and the key as one line of JSON; ends when stdin does. Needs the packages of `npm run receivers`.
"""

import json
import os
import sys

# The calls below that make the key are not asked for one; all after them are.
os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = "3"

import boto3  # noqa: E402
from moto.server import ThreadedMotoServer  # noqa: E402

REGION = "eu-central-1"
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
url = f"http://{host}:{port}"
nobody = {"aws_access_key_id": "x", "aws_secret_access_key": "y", "region_name": REGION, "endpoint_url": url}
iam = boto3.client("iam", **nobody)
iam.create_user(UserName="gatelog")
iam.put_user_policy(UserName="gatelog", PolicyName="all", PolicyDocument=json.dumps(POLICY))
key = iam.create_access_key(UserName="gatelog")["AccessKey"]
own = {**nobody, "aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
boto3.client("s3", **own).create_bucket(
    Bucket="audit", CreateBucketConfiguration={"LocationConstraint": REGION}
)
told = {"url": f"{url}/audit", "region": REGION, "access_key": key["AccessKeyId"], "secret_key": key["SecretAccessKey"]}
print(json.dumps(told), flush=True)
sys.stdin.read()
server.stop()
