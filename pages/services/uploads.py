"""What the server holds of uploaded files: Streamlit alone knows."""

from streamlit.runtime import Runtime, exists
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

MEGABYTE = 1024 * 1024  # as Streamlit counts them


def bytes_held() -> dict[str, int]:
    """Count the bytes of the files of each session, by its id."""
    manager = Runtime.instance().uploaded_file_mgr if exists() else None
    if not isinstance(manager, MemoryUploadedFileManager):
        return {}
    return {
        session: sum(len(file.data) for file in [*files.values()])
        for session, files in [*manager.file_storage.items()]
    }
