// Says that a preview is in the page. In braces: Streamlit would take what an arrow function returns for the cleanup.
export default ({ data }) => {
  window.dispatchEvent(new CustomEvent("unrolledfollowed", { detail: data }));
};
