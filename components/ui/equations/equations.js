// With a projection, the equation of h has one more matrix.
export default function ({ data, parentElement }) {
  parentElement.querySelector(".projected").hidden = !data.projected;
  parentElement.querySelector(".whole").hidden = data.projected;
}
