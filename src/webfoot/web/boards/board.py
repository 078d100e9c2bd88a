"""`make_board`: TensorBoard as a WSGI application, with what we show in it and nothing else."""

import warnings
from typing import Any
from wsgiref.types import WSGIApplication

from tensorboard.data.provider import DataProvider


def make_board(data: DataProvider) -> WSGIApplication:
    """TensorBoard over some data; it is imported here, since that and unpacking its pages takes a second or two.

    Only the plugins for scalars and text are in it: none that reads a file, runs code or shows a page of others.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of libraries that it brings along
        from tensorboard.assets import get_default_assets_zip_provider
        from tensorboard.backend.application import TensorBoardWSGI
        from tensorboard.plugins.base_plugin import TBContext
        from tensorboard.plugins.core.core_plugin import CorePlugin
        from tensorboard.plugins.scalar.scalars_plugin import ScalarsPlugin
        from tensorboard.plugins.text.text_plugin import TextPlugin

    context = TBContext(
        data_provider=data,
        assets_zip_provider=get_default_assets_zip_provider(),
        logdir="",
        window_title="webfoot",
        sampling_hints={},
    )
    plugins: list[Any] = [CorePlugin(context), ScalarsPlugin(context), TextPlugin(context)]
    return TensorBoardWSGI(plugins, "", data)
