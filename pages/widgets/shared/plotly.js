/* The drawing library, from this dashboard's own server. */

/** @type {Promise<any> | null} */
let plotlyLoading = null;

/**
 * Load plotly.js once a tab, however many figures ask for it.
 *
 * @param {string} address
 */
export function loadPlotly(address) {
  plotlyLoading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = String(new URL(address, document.baseURI));
    script.onload = () => resolve(/** @type {any} */ (window).Plotly);
    script.onerror = () => {
      plotlyLoading = null; // so that the next one tries again
      script.remove();
      reject(new Error("plotly.js did not arrive"));
    };
    document.head.append(script);
  });
  return plotlyLoading;
}
