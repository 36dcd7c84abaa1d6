using TriggerConsole.Bench;

// One command, one table. Absolute numbers belong to the machine; the ratios are what to compare.
switch (args.FirstOrDefault() ?? "all")
{
    case "all":
        await EngineBenchmark.RunAsync();
        await NodesBenchmark.RunAsync();
        await HttpBenchmark.RunAsync();
        await GrowthBenchmark.RunAsync(200_000);
        await MqttBenchmark.RunAsync();
        await AmqpBenchmark.RunAsync();
        break;
    case "nodes": await NodesBenchmark.RunAsync(); break;
    case "engine": await EngineBenchmark.RunAsync(); break;
    case "mqtt": await MqttBenchmark.RunAsync(); break;
    case "amqp": await AmqpBenchmark.RunAsync(); break;
    case "mqtt-probe": return await TriggerConsole.Bench.MqttProbe.Probe.RunAsync(args[1..]);
    case "http": await HttpBenchmark.RunAsync(); break;
    case "limits": LimitsBenchmark.Run(); break;
    case "overload": await OverloadBenchmark.RunAsync(); break;
    case "overload-flood": await OverloadBenchmark.FloodAsync(int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture), args[2], args[3]); break;
    case "growth": await GrowthBenchmark.RunAsync(args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 1_000_000); break;
    // Parts of the HTTP benchmark, each in a process of its own
    case "sink": await Sink.RunAsync(int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture)); break;
    case "relay": await Relay.RunAsync(int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture), args[2]); break;
    default:
        Console.WriteLine("usage: dotnet run -c Release --project bench [-- all|engine|nodes|http|mqtt|amqp|limits|overload|growth [ROWS]|mqtt-probe --help]");
        return 2;
}
return 0;
