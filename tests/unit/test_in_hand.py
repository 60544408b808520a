"""The requests in a workspace end before it goes."""

import threading

import anyio
import anyio.to_thread

from api.admission.in_hand import InHand


def test_requests_are_cancelled_and_awaited() -> None:
    in_hand = InHand()
    written: list[str] = []
    release = threading.Event()

    def write() -> None:
        release.wait(100)
        written.append("before the end")

    async def request(workspace: str, ended: list[bool]) -> None:
        with in_hand.within(workspace) as scope:
            await anyio.to_thread.run_sync(write)
            await anyio.sleep_forever()
        ended.append(scope.cancelled_caught)

    async def main() -> None:
        ended: list[bool] = []
        async with anyio.create_task_group() as group:
            group.start_soon(request, "a", ended)
            group.start_soon(request, "b", ended)
            await anyio.sleep(0.05)
            ending = threading.Thread(target=lambda: written.append(f"gone: {in_hand.end('a')}"))
            ending.start()
            await anyio.sleep(0.05)
            assert written == [], "it waits for the thread of the request"
            release.set()
            await anyio.to_thread.run_sync(ending.join)
            assert written[-1] == "gone: True"
            assert "before the end" in written
            assert ended == [True]
            group.cancel_scope.cancel()

    anyio.run(main)
    assert in_hand.end("a")
    assert in_hand.end("b")
