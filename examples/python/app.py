"""An application that embeds the editor: a page, a file and a callback. See ../README.md."""

import hashlib
import os
import time
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

import jwt
from flask import Flask, Response, abort, jsonify, render_template_string, request, send_file

SECRET = os.environ["JWT_SECRET"]  # the secret of the document server
SERVER = os.environ.get("DOCUMENT_SERVER", "http://127.0.0.1:8080")  # where it is
PORT = int(os.environ.get("PORT", "8082"))
OWN = os.environ.get("APP_URL", f"http://127.0.0.1:{PORT}")  # where it finds this application
FOLDER = Path(os.environ.get("DATA", "data")).absolute()

PAGE = """<!doctype html><meta charset="utf-8"><title>{{ name }}</title>
<style>html, body { height: 100%; margin: 0 }</style><div id="editor"></div>
<script src="{{ server }}/web-apps/apps/api/documents/api.js"></script>
<script>new DocsAPI.DocEditor("editor", {{ config|tojson }});</script>"""

app = Flask(__name__)


def file_of() -> Path:
    path = FOLDER / Path(request.args.get("file", "Welcome.docx")).name
    return path if path.is_file() else abort(404)


def verify(token: str) -> dict:
    try:
        # The algorithm is ours to choose, never the token's.
        return jwt.decode(token, SECRET, algorithms=["HS256"], leeway=60)
    except jwt.InvalidTokenError as error:
        abort(Response(str(error), 403))


@app.get("/")
def page() -> str:
    path = file_of()
    user = request.args.get("user", "ada")  # a real application knows who is signed in
    edits = request.args.get("rights", "edit") == "edit"  # and what they may do
    config = {
        "documentType": "word",
        "document": {
            "fileType": "docx",
            # A new one for each content, the same for all who open it.
            "key": hashlib.sha1(path.name.encode() + path.read_bytes()).hexdigest(),
            "title": path.name,
            "url": f"{OWN}/file?file={quote(path.name)}",
            "permissions": {"edit": edits, "comment": edits, "review": edits, "fillForms": edits},
        },
        "editorConfig": {
            "mode": "edit" if edits else "view",
            "callbackUrl": f"{OWN}/callback?file={quote(path.name)}",
            "user": {"id": user, "name": user.title()},
        },
    }
    # Last: nothing may change afterwards.
    config["token"] = jwt.encode({**config, "exp": int(time.time()) + 300}, SECRET, "HS256")
    return render_template_string(PAGE, name=path.name, server=SERVER, config=config)


@app.get("/file")
def file() -> Response:
    claims = verify(request.headers.get("Authorization", "").removeprefix("Bearer "))
    path = file_of()
    if claims.get("payload", {}).get("url") != f"{OWN}/file?file={quote(path.name)}":
        abort(403)
    return send_file(path, mimetype="application/octet-stream")


@app.post("/callback")
def callback() -> Response:
    said = verify(request.get_json(force=True).get("token", ""))  # only what is signed counts
    if said["status"] in (2, 6):
        # Nobody else may make this application fetch an address.
        if not said["url"].startswith(f"{SERVER}/"):
            abort(403)
        path = file_of()
        new = path.with_suffix(".new")
        with urlopen(said["url"]) as saved:  # an error here is a 500, and it is delivered again
            new.write_bytes(saved.read())
        new.replace(path)
    return jsonify(error=0)


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=PORT, threaded=True)
