"""The child process that touches hostile bytes. Started by `sandbox.py` as a script; limits itself before it reads.

Bytes come on standard input, the task as one JSON argument, the answer leaves as one JSON object on standard output.
"""

from __future__ import annotations

import base64
import io
import json
import os
import resource
import signal
import sys
from typing import Any


def limit(options: dict[str, Any]) -> None:
    """Give up what reading a document does not need. A limit that the system does not know is left as it is."""
    cpu, memory = int(options["cpu_seconds"]), int(options["memory_bytes"])
    wanted = {
        resource.RLIMIT_CPU: (cpu, cpu + 1),
        resource.RLIMIT_AS: (memory, memory),
        resource.RLIMIT_FSIZE: (0, 0),
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_NOFILE: (64, 64),
    }
    for kind, values in wanted.items():
        try:
            resource.setrlimit(kind, values)
        except (ValueError, OSError):
            # macOS refuses RLIMIT_AS; the parent's clock and the CPU limit hold there.
            continue


def answer(task: str, options: dict[str, Any], content: bytes) -> dict[str, Any]:
    from documents.extraction import rules
    from documents.reading import pdf, structure

    try:
        if task == "read":
            text = pdf.read(content)
            warned = [warning.to_json() for warning in structure.inspect(content)]
            body = text.to_json()
            body["warnings"] += warned
            # The rules run here too: they are ours, but what they run over is not.
            return {"ok": True, "text": body, "fields": rules.read_fields(text).to_json()}
        if options["is_image"]:
            return {"ok": True, "pictures": {"1": _encoded(_image(content, int(options["width"])))}}
        pictures = pdf.render(content, list(options["pages"]), int(options["width"]))
        return {"ok": True, "pictures": {str(number): _encoded(data) for number, data in pictures.items()}}
    except pdf.Refused as refused:
        return {"ok": False, "code": refused.code, "sentence": refused.sentence}


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _image(content: bytes, width: int) -> bytes:
    from PIL import Image, ImageOps

    from documents.reading import pdf

    Image.MAX_IMAGE_PIXELS = 40_000_000
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "TIFF", "WEBP")) as picture:
            if picture.width * picture.height > Image.MAX_IMAGE_PIXELS:
                raise pdf.Refused("image_too_large", "The picture has more pixels than are shown. Send a smaller one.")
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((width, width * 3))
            return pdf.to_webp(upright)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise pdf.Refused(
            "damaged", "The picture is damaged and cannot be shown. Ask the sender for a new copy."
        ) from error


def main() -> int:
    task, options = sys.argv[1], json.loads(sys.argv[2])
    limit(options)
    # Without a parent to kill it, the process ends by itself.
    signal.setitimer(signal.ITIMER_REAL, float(options["wall_seconds"]))
    content = sys.stdin.buffer.read()
    try:
        reply = answer(task, options, content)
    except MemoryError:
        reply = {
            "ok": False,
            "code": "too_much_memory",
            "sentence": "Reading the file needs more memory than is allowed.",
        }
    except RecursionError:
        reply = {"ok": False, "code": "damaged", "sentence": "The file is nested too deeply to be read."}
    out = sys.stdout.buffer
    out.write(json.dumps(reply, separators=(",", ":")).encode("utf-8", "replace"))
    out.flush()
    # No finalisers: they run library code over a damaged document, and there is nothing left to save.
    os._exit(0)


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    main()
