// With a projection, h is made of what the output gate shows.
export default function ({ data, parentElement }) {
  parentElement.querySelector(".projected").hidden = !data.projected;
  parentElement.querySelector(".whole").hidden = data.projected;
}
