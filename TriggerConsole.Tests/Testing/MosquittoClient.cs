using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace TriggerConsole.Tests.Testing;

/// <summary>A message as <c>mosquitto_sub</c> saw it. Properties that were not sent are empty.</summary>
internal sealed record SeenMessage(string Topic, byte[] Payload, int Qos, bool Retain)
{
    public string ContentType { get; init; } = "";

    public string CorrelationData { get; init; } = "";

    /// <summary>Seconds; what is left of them.</summary>
    public string Expiry { get; init; } = "";

    public string PayloadFormat { get; init; } = "";

    /// <summary><c>name:value</c>, separated by spaces.</summary>
    public string UserProperties { get; init; } = "";

    public string ResponseTopic { get; init; } = "";

    public string Text => Encoding.UTF8.GetString(Payload);
}

/// <summary>
/// <c>mosquitto_sub</c> and <c>mosquitto_pub</c>: a client that is not ours at the other end, so that an error of our encoder
/// is not hidden by the same error in our decoder.
/// </summary>
internal sealed class MosquittoClient : IAsyncDisposable
{
    private const char Separator = '\u001F';
    private static readonly string s_format = string.Join(Separator, "%q", "%r", "%C", "%D", "%E", "%F", "%P", "%R", "%t", "%x");
    private readonly TaskCompletionSource _subscribed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<SeenMessage> _messages = [];
    private readonly StringBuilder _output = new();
    private readonly Process _process;

    private MosquittoClient(IEnumerable<string> arguments)
    {
        // Line by line: it fills a buffer before it writes to a pipe, and flushes only after messages
        _process = ChildProcesses.Start(new("stdbuf", ["-oL", "mosquitto_sub", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.UTF8 });
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The messages so far, in the order of their arrival.</summary>
    public IReadOnlyList<SeenMessage> Messages
    {
        get { lock (_messages) return [.. _messages]; }
    }

    public int Count
    {
        get { lock (_messages) return _messages.Count; }
    }

    /// <summary>Starts <c>mosquitto_sub</c> and waits until the broker has acknowledged the subscription.</summary>
    /// <param name="port">Of a plain listener of a <see cref="MosquittoServer"/>.</param>
    /// <param name="filter">The topic filter.</param>
    /// <param name="qos">The QoS asked for.</param>
    /// <param name="version"><c>mqttv5</c> or <c>mqttv311</c>.</param>
    /// <param name="arguments">Further arguments: <c>-c -i name</c> for a session that is kept, <c>-u</c>, <c>-P</c>.</param>
    public static async Task<MosquittoClient> SubscribeAsync(int port, string filter = "#", int qos = 2, string version = "mqttv5", params string[] arguments)
    {
        var client = new MosquittoClient(["-h", "127.0.0.1", "-p", Text(port), "-V", version, "-t", filter, "-q", Text(qos), "-d", "-F", s_format, .. arguments]);
        await client._subscribed.Task.WaitAsync(Eventually.Limit);
        return client;
    }

    /// <summary>Publishes one message and waits until <c>mosquitto_pub</c> says that it was delivered.</summary>
    public static async Task PublishAsync(int port, string topic, byte[] payload, int qos = 1, bool retain = false, string version = "mqttv5", params string[] arguments)
    {
        var start = new ProcessStartInfo("mosquitto_pub",
            ["-h", "127.0.0.1", "-p", Text(port), "-V", version, "-t", topic, "-q", Text(qos), "-s", .. retain ? new[] { "-r" } : [], .. arguments])
        { RedirectStandardInput = true, RedirectStandardError = true };
        using var process = ChildProcesses.Start(start);
        await process.StandardInput.BaseStream.WriteAsync(payload);
        process.StandardInput.Close();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        ChildProcesses.Kill(process);
        if (process.ExitCode != 0) throw new InvalidOperationException($"mosquitto_pub ended with {process.ExitCode}: {error}");
    }

    public static Task PublishAsync(int port, string topic, string payload, int qos = 1) => PublishAsync(port, topic, Encoding.UTF8.GetBytes(payload), qos);

    /// <summary>Waits until so many messages have come, and answers with all of them.</summary>
    public async Task<IReadOnlyList<SeenMessage>> WaitForAsync(int count)
    {
        await Eventually.GetAsync(() => Task.FromResult((Count >= count, $"{Count}; it said: {Output}")), $"{Text(count)} messages at mosquitto_sub");
        return Messages;
    }

    /// <summary>Everything it said, for the message of a failure.</summary>
    public string Output
    {
        get { lock (_messages) return _output.ToString(Math.Max(0, _output.Length - 4000), Math.Min(4000, _output.Length)); }
    }

    public ValueTask DisposeAsync()
    {
        ChildProcesses.Kill(_process);
        _process.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Note(string? line)
    {
        if (line is null) return;
        lock (_messages)
        {
            var fields = line.Split(Separator);
            if (fields.Length == 10)
            {
                _messages.Add(new(fields[8], Convert.FromHexString(fields[9]), int.Parse(fields[0], CultureInfo.InvariantCulture), fields[1] == "1")
                {
                    ContentType = fields[2],
                    CorrelationData = fields[3],
                    Expiry = fields[4],
                    PayloadFormat = fields[5],
                    UserProperties = fields[6],
                    ResponseTopic = fields[7],
                });
                return;
            }
            _output.AppendLine(line);
        }
        if (line.StartsWith("Subscribed (mid:", StringComparison.Ordinal)) _subscribed.TrySetResult();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
