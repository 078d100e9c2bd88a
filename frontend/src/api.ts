/** The service's API: JSON in, JSON out, and its own sentences where something is wrong. */

export interface FieldErrors {
  [field: string]: string[];
}

/** What the service refused, in its own words. */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly fields: FieldErrors = {},
  ) {
    super(message);
    this.name = "ApiError";
  }
}

/** The answer to a GET request. */
export function get<T>(url: string, signal?: AbortSignal): Promise<T> {
  return call<T>(url, { signal: signal ?? null });
}

/** Send a document. */
export function post<T>(url: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<T> {
  return call<T>(url, { method: "POST", body: JSON.stringify(body), headers: { ...JSON_BODY, ...headers } });
}

/** Change some fields of what stands at an address. */
export function patch<T>(url: string, body: unknown): Promise<T> {
  return call<T>(url, { method: "PATCH", body: JSON.stringify(body), headers: JSON_BODY });
}

/** Delete what stands at an address. */
export function remove(url: string): Promise<void> {
  return call<void>(url, { method: "DELETE" });
}

/** Send a form with files; `told` hears which part of it has gone, from 0 to 1. */
export function upload<T>(url: string, form: FormData, told: (part: number) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch does not tell how far an upload has come
    request.open("POST", url);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.upload.onprogress = (event) => told(event.total ? event.loaded / event.total : 0);
    request.onerror = () => reject(new ApiError(AWAY, 0));
    request.onload = () => {
      if (request.status < 400) resolve(JSON.parse(request.responseText) as T);
      else reject(refusal(request.status, request.responseText));
    };
    request.send(form);
  });
}

const AWAY = "the service cannot be reached now; it is tried again when you do";
const JSON_BODY = { "Content-Type": "application/json" };

async function call<T>(url: string, options: RequestInit): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json", ...(options.headers as object) };
  if (options.method) headers["X-CSRFToken"] = csrfToken();
  const answer = await fetch(url, { ...options, headers }).catch((error: unknown) => {
    throw error instanceof DOMException ? error : new ApiError(AWAY, 0);
  });
  const text = await answer.text();
  if (answer.status === 401) logInAgain();
  if (!answer.ok) throw refusal(answer.status, text);
  return (text ? JSON.parse(text) : undefined) as T;
}

/** The login has ended: log in, and come back to where one was. */
function logInAgain(): void {
  location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
}

function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
}

function refusal(status: number, text: string): ApiError {
  try {
    const told = JSON.parse(text) as { error?: string; fields?: FieldErrors };
    if (told.error) return new ApiError(told.error, status, told.fields);
  } catch {
    // not the service's own answer, but that of something before it
  }
  return new ApiError(`the service answered with code ${status}`, status);
}
