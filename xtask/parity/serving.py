"""Serves one app on a free port of this machine and prints the address as `purlin-server` does."""

from waitress.server import create_server


def serve(app, name):
    server = create_server(app, host="127.0.0.1", port=0, threads=2)
    print(f"{name} is served at http://127.0.0.1:{server.effective_port}/", flush=True)
    server.run()
