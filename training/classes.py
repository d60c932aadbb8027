"""The classes of the shipped detector: COCO's eighty in their order, then heads.

Keeping COCO's order lets the starting weights carry over row by row, and any rule that
names a COCO class works with any COCO network.
"""

COCO: tuple[str, ...] = (
    "person bicycle car motorcycle airplane bus train truck boat traffic_light "
    "fire_hydrant stop_sign parking_meter bench bird cat dog horse sheep cow elephant "
    "bear zebra giraffe backpack umbrella handbag tie suitcase frisbee skis snowboard "
    "sports_ball kite baseball_bat baseball_glove skateboard surfboard tennis_racket "
    "bottle wine_glass cup fork knife spoon bowl banana apple sandwich orange broccoli "
    "carrot hot_dog pizza donut cake chair couch potted_plant bed dining_table toilet "
    "tv laptop mouse remote keyboard cell_phone microwave oven toaster sink "
    "refrigerator book clock vase scissors teddy_bear hair_drier toothbrush"
).split()  # type: ignore[assignment]
HEADS: tuple[str, ...] = ("helmet", "bare_head")


def shipped_classes() -> tuple[str, ...]:
    """Give the class names in the order of the network's rows."""
    return tuple(name.replace("_", " ") for name in COCO) + HEADS
