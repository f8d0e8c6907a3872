"""Serves moto's DynamoDB on loopback: python moto-dynamodb.py PORT

moto works on the parts of a transaction one by one, and takes a failed one back by putting the tables back as they were:
what others write meanwhile is lost. DynamoDB's transactions are isolated, so here one request is worked on at a time. It is
read whole before, and answered after, so that a slow client hinders nobody.
"""
import io
import logging
import sys
import threading

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple

moto = DomainDispatcherApplication(create_backend_app)
one_at_a_time = threading.Lock()


def isolated(environ, start_response):
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    with one_at_a_time:
        return [b"".join(moto(environ, start_response))]


logging.getLogger("werkzeug").setLevel(logging.ERROR)
run_simple("127.0.0.1", int(sys.argv[1]), isolated, threaded=True)
