-- For wrk: sends one request again and again, and prints its figures in one line.
-- Arguments: METHOD [TOKEN BODY]

function init(arguments)
  wrk.method = arguments[1]
  if arguments[2] then
    wrk.headers["Authorization"] = "Token " .. arguments[2]
    wrk.headers["Content-Type"] = "application/json"
    wrk.body = arguments[3]
  end
end

function done(summary, latency, requests)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format("load %d %d %d %d %d\n",
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), failed))
end
