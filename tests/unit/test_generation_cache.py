from retrieval.answering.generation_cache import GenerationCache


def test_every_part_is_part_of_the_key() -> None:
    cache = GenerationCache()
    cache.put(cache.slot("w", "model", "question"), "answer", "w", ["d"])
    assert cache.get(cache.slot("w", "model", "question")) == "answer"
    for other in (("v", "model", "question"), ("w", "other", "question"), ("w", "model", "questio", "n")):
        assert cache.get(cache.slot(*other)) is None


def test_a_purge_removes_what_was_made_from_the_document() -> None:
    cache = GenerationCache()
    first, second, elsewhere = cache.slot("1"), cache.slot("2"), cache.slot("3")
    cache.put(first, "one", "w", ["d", "e"])
    cache.put(second, "two", "w", ["e"])
    cache.put(elsewhere, "three", "v", ["d"])
    cache.purge("w", "d")
    assert [cache.get(slot) for slot in (first, second, elsewhere)] == [None, "two", "three"]


def test_what_was_being_made_during_a_purge_is_not_kept() -> None:
    cache = GenerationCache()
    slot = cache.slot("1")
    cache.purge("w", "d")
    cache.put(slot, "one", "w", ["d"])
    assert cache.get(slot) is None


def test_the_least_recently_used_go_first() -> None:
    cache = GenerationCache(max_entries=2)
    slots = [cache.slot(name) for name in "abc"]
    for slot in slots[:2]:
        cache.put(slot, slot.key, "w", [])
    cache.get(slots[0])
    cache.put(slots[2], slots[2].key, "w", [])
    assert [cache.get(slot) is not None for slot in slots] == [True, False, True]
