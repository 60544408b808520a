/** Server-sent events over `fetch`, which can carry a key as EventSource cannot. */
import { EventSourceParserStream } from "eventsource-parser/stream";

import { call } from "./client";

export interface ServerEvent {
  name: string;
  data: unknown;
}

/** Events as they come, until the service ends the stream or `signal` does. Throws a Problem. */
export async function* events(path: string, init: RequestInit = {}): AsyncGenerator<ServerEvent> {
  const response = await call(new Request(path, init));
  if (response.body === null) return;
  const stream = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield { name: value.event ?? "message", data: JSON.parse(value.data) };
    }
  } finally {
    await reader.cancel();
  }
}
