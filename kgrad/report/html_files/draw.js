const places = document.querySelectorAll(".figure");
const figures = document.querySelectorAll('script[type="application/json"]');
const config = { responsive: true, displaylogo: false };
places.forEach((place, i) => {
  const { data, layout } = JSON.parse(figures[i].textContent);
  Plotly.newPlot(place, data, { ...layout, autosize: true }, config);
});
