"""Bytes -> words on pages. Bytes are hostile: everything that parses them runs in a limited child process."""

from documents.reading.reader import MAX_BYTES, Reading, page_pictures, read_document

__all__ = ["MAX_BYTES", "Reading", "page_pictures", "read_document"]
