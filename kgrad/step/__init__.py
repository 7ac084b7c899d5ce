"""Inside the compiled step: tensors come in, numbers per target come out."""
