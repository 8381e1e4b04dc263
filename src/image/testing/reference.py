"""Writes reference.json: what Pillow and the image processors of transformers make of a picture.

python reference.py > reference.json   (Pillow 13.0, transformers 4.57)
"""

import base64
import json

import numpy as np
from PIL import Image
from transformers import BitImageProcessor, CLIPImageProcessor, DeiTImageProcessor, ViTImageProcessor

WIDTH, HEIGHT = 37, 23
x, y, c = np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT), np.arange(3), indexing="ij")
picture = ((x * 7 + y * 13 + c * 31 + ((x * y) % 17) * 9) % 256).astype(np.uint8).transpose(1, 0, 2)
image = Image.fromarray(picture)


def text(array: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


resized = [
    {"filter": f, "width": w, "height": h, "data": text(np.asarray(image.resize((w, h), f)))}
    for f in range(6)
    for w, h in [(11, 9), (50, 31), (37, 8), (20, 23)]
]

CONFIGS = [
    (ViTImageProcessor, {"size": {"height": 10, "width": 10}}),
    (ViTImageProcessor, {"size": 9, "do_normalize": False}),
    (ViTImageProcessor, {"do_resize": False, "do_rescale": False, "image_mean": [127, 120, 110], "image_std": [60, 61, 62]}),
    (DeiTImageProcessor, {"size": 12, "crop_size": 9}),
    (DeiTImageProcessor, {"size": 6, "crop_size": {"height": 9, "width": 11}}),
    (CLIPImageProcessor, {"size": 10, "crop_size": 8}),
    (BitImageProcessor, {"size": {"shortest_edge": 13}, "crop_size": {"height": 12, "width": 11}, "resample": 2}),
]
prepared = []
for cls, config in CONFIGS:
    values = cls(**config)(image, return_tensors="np")["pixel_values"][0]
    prepared.append(
        {
            "config": {"image_processor_type": cls.__name__, **config},
            "dims": list(values.shape),
            "data": text(values.astype(np.float32)),
        }
    )
    # A file that says no more than its class has the class's own values.
classes = {}
for cls in (ViTImageProcessor, DeiTImageProcessor, CLIPImageProcessor, BitImageProcessor):
    classes[cls.__name__] = {k: v for k, v in json.loads(cls().to_json_string()).items()}

print(json.dumps({"width": WIDTH, "height": HEIGHT, "resized": resized, "prepared": prepared, "classes": classes}))
