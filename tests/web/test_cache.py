"""The cache keeps its connections, and its absence is a miss."""

from django.conf import settings

from controltower.web.cache import ForgivingRedisCache


def test_every_call_goes_through_one_client() -> None:
    cache = ForgivingRedisCache(settings.REDIS_URL, {})
    cache.set("word", "said")
    kept = cache._cache.get_client("word")
    assert cache.get("word") == "said"
    assert cache._cache.get_client("other") is kept


def test_a_cache_that_is_down_is_a_miss() -> None:
    cache = ForgivingRedisCache("redis://127.0.0.1:1/0", {"OPTIONS": {"socket_connect_timeout": 0.2}})
    assert cache.get("word", "nothing") == "nothing"
    assert cache.get_many(["word"]) == {}
    cache.set("word", "said")
