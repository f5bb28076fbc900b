-- Sends the requests of a file, in random order. Each line has, between tabs, the
-- method, the path, headers as name:value with a bar between them, and the body.
-- @N@ in headers and bodies becomes a text that no other request has.
--
-- wrk … -s load.lua URL -- FILE RUN

local requests = {}
local run, sent = "", 0

function init(args)
  run = args[2]
  math.randomseed(tonumber(args[2]))
  for line in io.lines(args[1]) do
    local method, path, heads, body = line:match("^(.-)\t(.-)\t(.-)\t(.*)$")
    local headers = {}
    for name, value in heads:gmatch("([^:|]+):([^|]*)") do
      headers[name] = value
    end
    if body == "" then
      body = nil
    end
    local r = { method = method, path = path, headers = headers, body = body }
    if not line:find("@N@", 1, true) then
      r.text = wrk.format(method, path, headers, body)
    end
    table.insert(requests, r)
  end
end

function request()
  local r = requests[math.random(#requests)]
  if r.text then
    return r.text
  end
  sent = sent + 1
  local n = run .. "-" .. sent
  local headers = {}
  for name, value in pairs(r.headers) do
    headers[name] = value:gsub("@N@", n)
  end
  return wrk.format(r.method, r.path, headers, (r.body:gsub("@N@", n)))
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format("found %d %d %d %d %d\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), e.connect + e.read + e.write + e.status + e.timeout))
end
