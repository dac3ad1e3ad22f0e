// Hands on how to ask for a preview. Only the newest function knows which fragment to run.
export default function ({ parentElement: root, setTriggerValue }) {
  window.unrolledPreview = root.ask = setTriggerValue;
  root.leave ??= () => {
    if (window.unrolledPreview === root.ask) delete window.unrolledPreview;
  };
  return root.leave;
}
