import { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { DocumentEditor } from '@onlyoffice/document-editor-react';

/** The editor, with a config that the back end has signed: nothing in it may be changed here. */
function App() {
  const [opening, setOpening] = useState(null);
  const [told, setTold] = useState('');
  useEffect(() => {
    fetch(`/config${window.location.search}`)
      .then((answer) => answer.json())
      .then(setOpening, (error) => setTold(String(error)));
  }, []);
  if (told !== '') return <p role="alert">{told}</p>;
  if (opening === null) return null;
  return (
    <DocumentEditor
      id="editor"
      documentServerUrl={opening.documentServer}
      config={opening.config}
      height="100%"
      width="100%"
      // The component calls it whether it is given or not.
      events_onAppReady={() => undefined}
      events_onDocumentReady={() => (document.title = opening.config.document.title)}
      onLoadComponentError={(_, description) => setTold(description)}
    />
  );
}

createRoot(document.getElementById('root')).render(<App />);
