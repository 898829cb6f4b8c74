// Texts on the page whose contrast is below WCAG AA (4.5, or 3 for large ones), with the ratio.
(() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const known = new Map();
  const rgb = (colour) => {
    if (!known.has(colour)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      known.set(colour, [...canvas.getImageData(0, 0, 1, 1).data]);
    }
    return known.get(colour);
  };
  const luminance = ([r, g, b]) => {
    const [red, green, blue] = [r, g, b].map((part) => part / 255).map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const background = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = rgb(getComputedStyle(one).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll('body *')]
    .filter((element) => element.checkVisibility() && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    .map((element) => {
      const style = getComputedStyle(element);
      const svg = element.namespaceURI.endsWith('svg');
      const [one, other] = [rgb(svg ? style.fill : style.color), background(element)].map(luminance).sort((a, b) => b - a);
      return {text: element.textContent.slice(0, 40), ratio: (one + 0.05) / (other + 0.05), large: parseFloat(style.fontSize) >= 24};
    })
    .filter(({ratio, large}) => ratio < (large ? 3 : 4.5));
})()
