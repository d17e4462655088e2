"""Prometheus metrics of a service."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from functools import cache

from flask import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import Metric
from prometheus_client.registry import Collector


class _Gauges(Collector):
    """Metrics that are made when they are asked for."""

    def __init__(self, make: Callable[[], Iterable[Metric]]) -> None:
        self._make = make

    def collect(self) -> Iterable[Metric]:
        """Make them."""
        return self._make()

    def describe(self) -> Iterable[Metric]:
        """Nothing, so that registering asks for nothing."""
        return []


class RequestMetrics:
    """Counts answers and their times, and shows them with a service's own gauges.

    Args:
        gauges: makes more metrics whenever they are asked for.
    """

    def __init__(self, gauges: Callable[[], Iterable[Metric]] | None) -> None:
        self._gauges = gauges
        self._registry = CollectorRegistry()
        seconds = Histogram(
            "http_request_seconds", "Time to answer, in seconds.", ["method", "endpoint"], registry=self._registry
        )
        answers = Counter("http_responses", "Answers by status.", ["endpoint", "status"], registry=self._registry)
        # Looking a label up takes longer than counting; there are few.
        self._seconds_of, self._answers_of = cache(seconds.labels), cache(answers.labels)
        if gauges is not None:
            self._registry.register(_Gauges(gauges))

    def note(self, method: str, endpoint: str, *, seconds: float, status: int) -> None:
        """Count an answer."""
        self._seconds_of(method, endpoint).observe(seconds)
        self._answers_of(endpoint, str(status)).inc()

    def answer(self) -> Response:
        """Show the metrics of all workers of this service."""
        shown = self._registry
        if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):  # several workers: each writes files, and any of them adds up
            shown = CollectorRegistry()
            multiprocess.MultiProcessCollector(shown)  # type: ignore[no-untyped-call]
            if self._gauges is not None:
                shown.register(_Gauges(self._gauges))
        return Response(generate_latest(shown), content_type=CONTENT_TYPE_LATEST)
