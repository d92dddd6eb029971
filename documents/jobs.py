"""Background work of documents: reading, which takes seconds and holds no transaction."""

from typing import Any

from controltower.jobs import Dead, JobContext, job
from documents import services, storage
from documents.models import Document
from documents.reading.reader import page_pictures, read_document


@job("documents.read", queue="documents", retries=3, timeout=110, outside_transaction=True)
def read(payload: dict[str, Any], ctx: JobContext) -> Any:
    """Read one document in the limited child process, and store what came of it when the job is marked done."""
    with ctx.tenant():
        document = services.reading_start(payload["document"], now=ctx.now)
    if document is None:
        return None
    content = _load(ctx.organisation_id, document)
    reading = read_document(content)
    pages = max(len(reading.text.pages), 1 if services.is_picture(reading.content_type) else 0)
    pictures = {
        number: storage.store(ctx.organisation_id, data) for number, data in page_pictures(content, pages).items()
    }

    def finish() -> None:
        services.reading_record(document, reading, pictures, now=ctx.now)

    return finish


def _load(organisation_id: int, document: Document) -> bytes:
    try:
        return storage.load(organisation_id, document.sha256)
    except (FileNotFoundError, ValueError) as error:
        raise Dead(f"the file of document {document.pk} cannot be loaded: {error}") from error
