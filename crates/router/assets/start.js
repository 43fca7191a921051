"use strict";
const place = document.getElementById("swagger-ui");
window.ui = SwaggerUIBundle({
  url: new URL(place.dataset.openapi, document.baseURI).href,
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIBundle.SwaggerUIStandalonePreset],
});
