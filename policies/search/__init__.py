"""Finding good actions by trying many in thought."""
