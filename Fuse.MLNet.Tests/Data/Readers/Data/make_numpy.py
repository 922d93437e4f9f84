"""Makes numpy.json: files that numpy itself wrote, in base64, with their values. numpy 1.24 made it. Run: python3 make_numpy.py"""
import base64
import io
import json
import os
import warnings

import numpy as np

warnings.filterwarnings("ignore", category=UserWarning)  # formats 2.0 and 3.0 can only be read by numpy 1.9 and 1.17
LIMITS = {"|b1": [0, 1], "|u1": [0, 255], "|i1": [-128, 127], "<i2": [-32768, 32767], "<u2": [0, 65535], "<i4": [-2**31, 2**31 - 1],
          "<u4": [0, 2**32 - 1], "<i8": [-2**52, 2**52], "<f2": [-65504, 2**-24], "<f4": [-1.5e30, 2**-140], "<f8": [-1e300, 1 / 3]}


def values(dtype, shape):
    count = int(np.prod(shape))
    numbers = [LIMITS[dtype][i] if i < 2 else (i * 7 % 23) / (2 if "f" in dtype else 1) for i in range(count)]
    return np.array(numbers, dtype=np.float64).astype(dtype).reshape(shape)


def case(dtype, shape, order, version):
    array = np.array(values(dtype, shape), order=order)
    file = io.BytesIO()
    np.lib.format.write_array(file, array, version=version)
    return {"name": f"{dtype} {shape} {order} {version[0]}.{version[1]}", "shape": shape, "file": base64.b64encode(file.getvalue()).decode(),
            "values": array.astype(np.float64).flatten(order="C").tolist()}


cases = [case(dtype, [2, 3, 4], order, (1, 0)) for dtype in LIMITS for order in "CF"]
cases += [case("<f4", shape, order, (1, 0)) for shape in [[5], [2, 3], [4, 1], [1, 2, 3, 2], [2, 1, 2, 1, 3]] for order in "CF"]
cases += [case(dtype, [2, 3, 4], "F", version) for dtype in ["<f8", "<i2"] for version in [(2, 0), (3, 0)]]
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "numpy.json"), "w") as out:
    out.write("[\n" + ",\n".join(json.dumps(item) for item in cases) + "\n]\n")
