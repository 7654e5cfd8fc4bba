/** The least that a Worker can do: the limit of `GET /livez`. */
export default { fetch: () => Response.json({ status: 'ok' }) }
