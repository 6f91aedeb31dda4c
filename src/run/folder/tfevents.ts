/** @file TensorBoard event files: TFRecord frames around `Event` messages, whose few fields are encoded here. */
import { join } from 'node:path';
import { FileError } from '../../base/errors.ts';
import { bytesField, doubleField, type Encoded, floatField, intField } from '../../base/protobuf.ts';
import { message, messageField, stringField, protobufBytes } from '../../base/protobuf.ts';
import { systemCode } from '../../base/system-problem.ts';
import { type Appender, openAppender } from './append.ts';
import { crc32c } from './crc32c.ts';
import { encodePng, type Image } from '../../plot/png.ts';

/** When an event happened: a whole step, and seconds since 1970. */
export interface EventTime {
  readonly step: number;
  readonly wallTime: number;
}

/** Writes one event file. */
export interface EventWriter {
  readonly file: string;
  scalars(at: EventTime, values: Readonly<Record<string, number>>): void;
  image(at: EventTime, tag: string, image: Image): void;
  close(): void;
}

/** How an event file begins. */
export interface EventWriterOptions {
  /** Seconds since 1970; they name the file. */
  readonly wallTime: number;
  /** Step after which a resumed process goes on. */
  readonly resumeStep?: number | undefined;
}

/**
 * Begins the event file of one process in a folder: `events.out.tfevents.<seconds>.scorefield.<pid>`. After a resume it opens
 * with a session start at step `resumeStep + 1`, because TensorBoard drops what it has of the step of a session start and later.
 * @throws FileError if the file cannot be written; from `scalars` and `image` too, and then the event is not in the file.
 */
export function eventWriter(folder: string, { wallTime, resumeStep }: EventWriterOptions): EventWriter {
  const log = openNew(join(folder, `events.out.tfevents.${seconds(wallTime)}.scorefield.${process.pid}`));
  const add = (at: EventTime, what: Encoded): void => log.append(frame(protobufBytes(event(at, what))));
  const summarize = (at: EventTime, values: readonly Encoded[]): void =>
    add(
      at,
      messageField(eventFields.summary, message(values.map((value) => messageField(summaryFields.value, value)))),
    );

  add({ step: 0, wallTime }, stringField(eventFields.fileVersion, 'brain.Event:2'));
  if (resumeStep !== undefined)
    add(
      { step: resumeStep + 1, wallTime },
      messageField(eventFields.sessionLog, intField(sessionLogFields.status, sessionStart)),
    );
  return {
    file: log.file,
    scalars: (at, values) =>
      summarize(
        at,
        Object.entries(values).map(([tag, value]) =>
          message(stringField(valueFields.tag, tag), floatField(valueFields.simpleValue, value)),
        ),
      ),
    image: (at, tag, image) =>
      summarize(at, [message(stringField(valueFields.tag, tag), messageField(valueFields.image, imageMessage(image)))]),
    close: () => log.close(),
  };
}

/** Field numbers of TensorFlow's event.proto and summary.proto. */
const eventFields = { wallTime: 1, step: 2, fileVersion: 3, summary: 5, sessionLog: 7 } as const;
const sessionLogFields = { status: 1 } as const;
const summaryFields = { value: 1 } as const;
const valueFields = { tag: 1, simpleValue: 2, image: 4 } as const;
const imageFields = { height: 1, width: 2, colorspace: 3, encoded: 4 } as const;
const sessionStart = 1;

function event({ step, wallTime }: EventTime, what: Encoded): Encoded {
  return message(doubleField(eventFields.wallTime, wallTime), intField(eventFields.step, step), what);
}

function imageMessage(image: Image): Encoded {
  return message(
    intField(imageFields.height, image.height),
    intField(imageFields.width, image.width),
    // TensorFlow numbers its color spaces by their channels.
    intField(imageFields.colorspace, image.channels),
    bytesField(imageFields.encoded, encodePng(image)),
  );
}

/** A TFRecord: length (8 bytes), its masked CRC, the data, their masked CRC; little endian. */
function frame(data: Uint8Array): Uint8Array {
  const head = Buffer.alloc(12);
  head.writeBigUInt64LE(BigInt(data.length));
  head.writeUInt32LE(maskedCrc(head.subarray(0, 8)), 8);
  const tail = Buffer.alloc(4);
  tail.writeUInt32LE(maskedCrc(data));
  return Buffer.concat([head, data, tail]);
}

/** TFRecord rotates a checksum and adds a constant, so that checksums of data that contain checksums stay good. */
function maskedCrc(data: Uint8Array): number {
  const crc = crc32c(data);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

function seconds(wallTime: number): string {
  return String(Math.floor(wallTime)).padStart(10, '0');
}

/** A process may start twice in one second, and containers give each the same pid. */
function openNew(path: string, copy = 0): Appender {
  try {
    return openAppender(copy === 0 ? path : `${path}.${copy}`, { fresh: true });
  } catch (error) {
    if (error instanceof FileError && systemCode(error) === 'EEXIST' && copy < 100) return openNew(path, copy + 1);
    throw error;
  }
}
