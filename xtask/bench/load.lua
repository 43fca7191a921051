-- For wrk: sends one request again and again, and prints its figures in one line.
-- Arguments: METHOD BODY [NAME VALUE]…, with the header fields at the end; an empty body is none.

function init(arguments)
  wrk.method = arguments[1]
  if arguments[2] ~= "" then
    wrk.body = arguments[2]
  end
  for i = 3, #arguments, 2 do
    wrk.headers[arguments[i]] = arguments[i + 1]
  end
end

function done(summary, latency, requests)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format("load %d %d %d %d %d\n",
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), failed))
end
