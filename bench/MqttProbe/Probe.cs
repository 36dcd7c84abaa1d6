using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging.Abstractions;
using TriggerConsole.Core.Mqtt.Client;

namespace TriggerConsole.Bench.MqttProbe;

/// <summary>Connects, subscribes, publishes, and tells what happens: the client in the hands of a script.</summary>
internal sealed class Probe(ProbeArguments arguments)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<bool> _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _messages;
    private bool _wasConnected;

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is [] or ["--help"] or ["-h"])
        {
            Console.WriteLine(ProbeArguments.Help);
            return arguments.Length == 0 ? 2 : 0;
        }
        try
        {
            return await new Probe(new(arguments)).RunAsync();
        }
        catch (Exception exception) when (exception is FormatException or OverflowException or MqttArgumentException or IOException or System.Security.Cryptography.CryptographicException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 2;
        }
    }

    private async Task<int> RunAsync()
    {
        await using var client = new MqttClient(arguments.Options(OnMessage), TimeProvider.System, NullLogger.Instance);
        client.StatusChanged += OnStatus;
        if (arguments.Reconnect)
        {
            client.Start();
            await Task.WhenAny(_settled.Task, Task.Delay(TimeSpan.FromSeconds(60)));
        }
        else if (await client.ConnectAsync(CancellationToken.None) is not null) return Done(1);
        if (client.Status.State != MqttState.Connected) return Done(1);
        if (!await SubscribeAsync(client)) return Done(3);
        if (!await PublishAsync(client)) return Done(4);
        if (arguments.Messages > 0 || arguments.Stay > TimeSpan.Zero)
        {
            var end = Task.Delay(arguments.Stay);
            if (arguments.Messages > 0) await Task.WhenAny(_enough.Task, _lost.Task, end);
            else await Task.WhenAny(_lost.Task, end);
        }
        var isShort = Volatile.Read(ref _messages) < arguments.Messages || _lost.Task.IsCompleted;
        await client.StopAsync(CancellationToken.None);
        return Done(isShort ? 5 : 0);
    }

    private async Task<bool> SubscribeAsync(MqttClient client)
    {
        if (arguments.Subscriptions.Count == 0) return true;
        var results = await client.SubscribeAsync(arguments.Subscriptions, CancellationToken.None);
        foreach (var result in results) Print(new { Event = "subscribed", result.Filter, result.Status, result.Granted, ReasonCode = (int)result.Reason, Reason = result.Reason.Meaning(), result.ReasonText });
        return results.All(r => r.Status == MqttSubscribeStatus.Granted);
    }

    private async Task<bool> PublishAsync(MqttClient client)
    {
        if (arguments.Count == 0) return true;
        var message = arguments.Message;
        var tasks = Enumerable.Range(0, arguments.Count).Select(i => PublishAsync(client, message, i)).ToList();
        return (await Task.WhenAll(tasks)).All(acknowledged => acknowledged);
    }

    private async Task<bool> PublishAsync(MqttClient client, MqttMessage message, int number)
    {
        var result = await client.PublishAsync(message, CancellationToken.None);
        if (!arguments.Quiet || result.Status != MqttPublishStatus.Acknowledged)
        {
            Print(new { Event = "published", Number = number, result.Status, ReasonCode = (int)result.Reason, Reason = result.Reason.Meaning(), result.ReasonText, Milliseconds = Math.Round(result.Elapsed.TotalMilliseconds, 3) });
        }
        return result.Status == MqttPublishStatus.Acknowledged;
    }

    private ValueTask OnMessage(MqttReceivedMessage message, CancellationToken cancellationToken)
    {
        Print(new
        {
            Event = "message",
            message.Topic,
            Qos = (int)message.Qos,
            message.Retain,
            message.Duplicate,
            Size = message.Payload.Length,
            Payload = message.Payload.Length <= 4096 ? Encoding.UTF8.GetString(message.Payload) : null,
            message.ContentType,
            message.MessageExpirySeconds,
            message.ResponseTopic,
            CorrelationData = message.CorrelationData is null ? null : Encoding.UTF8.GetString(message.CorrelationData),
            PayloadIsText = message.PayloadIsText ? true : (bool?)null,
            UserProperties = message.UserProperties.Count == 0 ? null : message.UserProperties,
        });
        if (Interlocked.Increment(ref _messages) == arguments.Messages) _enough.TrySetResult();
        return ValueTask.CompletedTask;
    }

    private void OnStatus(MqttStatus status)
    {
        switch (status.State)
        {
            case MqttState.Connecting: Print(new { Event = "connecting" }); break;
            case MqttState.Connected:
                _wasConnected = true;
                Print(new { Event = "connected", Version = status.Version == MqttVersion.V5 ? "5" : "3.1.1", status.AssignedClientId, RoundTripMilliseconds = status.RoundTrip?.TotalMilliseconds });
                _settled.TrySetResult(true);
                break;
            default:
                if (status.LastFailure is { } failure && (status.State == MqttState.Waiting || !_settled.Task.IsCompleted || _wasConnected))
                {
                    Print(new { Event = _wasConnected ? "disconnected" : "connectFailed", failure.Fault, ReasonCode = (int?)failure.Reason, failure.Sentence });
                }
                else if (_wasConnected) Print(new { Event = "disconnected" });
                if (_wasConnected && !arguments.Reconnect) _lost.TrySetResult();
                _wasConnected = false;
                if (status.State == MqttState.Waiting) Print(new { Event = "waiting", status.NextTry });
                break;
        }
    }

    private int Done(int code)
    {
        Print(new { Event = "done", ExitCode = code, Messages = _messages });
        return code;
    }

    private void Print(object line)
    {
        lock (_lock) Console.WriteLine(JsonSerializer.Serialize(line, s_json));
    }
}
