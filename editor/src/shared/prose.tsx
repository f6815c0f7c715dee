import { Fragment } from 'preact';

/** A sentence of the server, in which names of fields and the like stand between backticks. */
export function Prose({ text }: { text: string }) {
  return (
    <>
      {text.split('`').map((part, index) =>
        index % 2 === 1 ? (
          <code key={index}>
            <Breakable text={part} />
          </code>
        ) : (
          <Breakable key={index} text={part} />
        ),
      )}
    </>
  );
}

/** A text in which a line may break at the dots of a path. */
function Breakable({ text }: { text: string }) {
  return (
    <>
      {text.split(/(?<=\w[./])(?=\w)/).map((part, index) => (
        <Fragment key={index}>
          {index > 0 && <wbr />}
          {part}
        </Fragment>
      ))}
    </>
  );
}
