'use strict';

// The page is dark where the reader's system is.
const dark = matchMedia('(prefers-color-scheme: dark)');
const dress = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', dress);
dress();

// Who has signed in by a session must repeat its secret to change something.
let secret;
async function withSecret(request) {
  const changes = !['GET', 'HEAD', 'OPTIONS'].includes((request.method || 'GET').toUpperCase());
  if (!changes || request.headers.Authorization) {
    return request;
  }
  secret ||= fetch('../session', { credentials: 'same-origin' })
    .then((answer) => (answer.ok ? answer.json() : {}))
    .then((session) => session.csrf_token);
  const token = await secret;
  if (token) {
    request.headers['X-CSRF-Token'] = token;
  } else {
    secret = undefined; // perhaps they sign in later
  }
  return request;
}

window.ui = SwaggerUIBundle({
  url: '../openapi.yaml',
  dom_id: '#api',
  deepLinking: true,
  filter: true,
  docExpansion: 'none',
  defaultModelsExpandDepth: 0,
  displayOperationId: true,
  displayRequestDuration: true,
  persistAuthorization: false,
  validatorUrl: null,
  requestInterceptor: withSecret,
});
