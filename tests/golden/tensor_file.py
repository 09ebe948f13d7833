"""The golden files: safetensors, with tensors in the given order. Equal input gives equal bytes."""

import json
import struct

import numpy as np


def write_file(path, tensors, metadata):
    header, chunks, offset = {"__metadata__": metadata}, [], 0
    for name, value in tensors.items():
        array = np.ascontiguousarray(value)
        kind = {"float64": ("F64", "<f8"), "int64": ("I64", "<i8")}[array.dtype.name]
        data = array.astype(kind[1]).tobytes()
        header[name] = {"dtype": kind[0], "shape": list(array.shape), "data_offsets": [offset, offset + len(data)]}
        chunks.append(data)
        offset += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-(8 + len(text)) % 64)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(chunks))
