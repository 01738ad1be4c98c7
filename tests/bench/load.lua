-- wrk -s load.lua URL -- METHOD [FILE]: each line of FILE is the body of a request, in turn.
local requests, turn = {}, 0

function init(arguments)
  if arguments[2] then
    for body in io.lines(arguments[2]) do
      requests[#requests + 1] = wrk.format(arguments[1], nil, nil, body)
    end
  else
    requests[1] = wrk.format(arguments[1])
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function done(summary, latency)
  local lost = summary.errors
  io.write(string.format("measured %d %d %d %d\n", summary.requests, summary.duration,
    lost.status, lost.connect + lost.read + lost.write + lost.timeout))
end
