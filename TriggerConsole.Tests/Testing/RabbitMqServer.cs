using System.Diagnostics;
using System.Globalization;
using System.Text;
using Xunit;

namespace TriggerConsole.Tests.Testing;

/// <summary>
/// A private RabbitMQ with its MQTT plugin (3.1.1 only), the second broker: one for the test run, because it takes ten seconds to
/// start. Own folder, own ports, own epmd, gone afterwards.
/// </summary>
public sealed class RabbitMqServer : IAsyncLifetime
{
    private static readonly string? s_program = !Directory.Exists("/usr/lib/rabbitmq/lib") ? null
        : Directory.GetDirectories("/usr/lib/rabbitmq/lib", "rabbitmq_server-*").OrderDescending().Select(d => Path.Combine(d, "sbin/rabbitmq-server")).FirstOrDefault(File.Exists);
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"tc-rabbit-{Guid.NewGuid():N}");
    private readonly StringBuilder _log = new();
    private readonly SemaphoreSlim _starting = new(1);
    private Process? _process;
    private int _mqttPort;

    /// <summary>The port of the MQTT plugin; anybody may connect. Starts the server at the first call, and skips the test when there is none.</summary>
    public async Task<int> MqttPortAsync()
    {
        Needs.Program(s_program, "RabbitMQ", "rabbitmq-server");
        await _starting.WaitAsync();
        try
        {
            if (_process is null) await StartAsync();
            return _mqttPort;
        }
        finally
        {
            _starting.Release();
        }
    }

    public Task InitializeAsync() => Task.CompletedTask; // a run without its tests does not wait for it

    public async Task DisposeAsync()
    {
        _starting.Dispose();
        if (_process is not null)
        {
            await ChildProcesses.StopAsync(_process);
            _process.Dispose();
            EndNameServer();
        }
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    private async Task StartAsync()
    {
        Directory.CreateDirectory(_folder);
        _mqttPort = Ports.Free();
        var amqpPort = Ports.Free();
        await File.WriteAllTextAsync(Path.Combine(_folder, "rabbitmq.conf"), FormattableString.Invariant(
            $"listeners.tcp.1 = 127.0.0.1:{amqpPort}\nmqtt.listeners.tcp.1 = 127.0.0.1:{_mqttPort}\nmqtt.allow_anonymous = true\nloopback_users = none\n"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "enabled_plugins"), "[rabbitmq_mqtt].");
        var start = new ProcessStartInfo(s_program!) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["HOME"] = _folder,
            ["LANG"] = "C.UTF-8",
            ["RABBITMQ_NODENAME"] = FormattableString.Invariant($"tc{_mqttPort}@localhost"),
            ["RABBITMQ_MNESIA_BASE"] = Path.Combine(_folder, "mnesia"),
            ["RABBITMQ_LOG_BASE"] = Path.Combine(_folder, "log"),
            ["RABBITMQ_CONFIG_FILE"] = Path.Combine(_folder, "rabbitmq"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(_folder, "enabled_plugins"),
            ["RABBITMQ_DIST_PORT"] = Ports.Free().ToString(CultureInfo.InvariantCulture),
            ["ERL_EPMD_PORT"] = Ports.Free().ToString(CultureInfo.InvariantCulture),
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "+S 2:2 +sbwt none -setcookie tctest",
        }) start.Environment[name] = value;
        _process = ChildProcesses.Start(start);
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await Eventually.TrueAsync(() => _process.HasExited ? throw new InvalidOperationException($"RabbitMQ ended with {_process.ExitCode}: {_log}") : Ports.AnswersAsync(_mqttPort), "RabbitMQ to answer");
    }

    /// <summary>The Erlang name server that RabbitMQ has started stays when RabbitMQ ends; it is known by the folder it has as its home.</summary>
    private void EndNameServer()
    {
        foreach (var epmd in Process.GetProcessesByName("epmd"))
        {
            using (epmd)
            {
                try
                {
                    if (File.ReadAllText($"/proc/{epmd.Id}/environ").Contains(_folder, StringComparison.Ordinal)) epmd.Kill();
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidOperationException) { } // another user's, or it has ended
            }
        }
    }

    private void Note(string? line)
    {
        if (line is null) return;
        lock (_log) _log.AppendLine(line);
    }
}

[CollectionDefinition(nameof(RabbitMqServer))]
public sealed class RabbitMqCollection : ICollectionFixture<RabbitMqServer>;
