using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Xunit;

namespace TriggerConsole.Tests.Testing;

/// <summary>
/// A private RabbitMQ: AMQP, AMQP over TLS, and its MQTT plugin (3.1.1 only). One for the test run, because it takes ten seconds to
/// start; a test that kills or stops it makes its own. Own folder, own ports, own epmd, gone afterwards. It keeps ports and folder
/// over <see cref="StopAsync"/>, <see cref="Kill"/> and <see cref="StartAgainAsync"/>. The user guest, password guest, may do everything.
/// </summary>
public sealed partial class RabbitMqServer : IAsyncLifetime, IAsyncDisposable
{
    private static readonly string? s_folder = !Directory.Exists("/usr/lib/rabbitmq/lib") ? null
        : Directory.GetDirectories("/usr/lib/rabbitmq/lib", "rabbitmq_server-*").OrderDescending().Select(d => Path.Combine(d, "sbin")).FirstOrDefault(d => File.Exists(Path.Combine(d, "rabbitmq-server")));
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"tc-rabbit-{Guid.NewGuid():N}");
    private readonly StringBuilder _log = new();
    private readonly SemaphoreSlim _starting = new(1);
    private readonly TestCertificates _certificates = new("Rabbit's authority");
    private Dictionary<string, string> _environment = [];
    private Process? _process;
    private int _amqpPort;
    private int _tlsPort;
    private int _mqttPort;

    /// <summary>The authority behind the certificate of <see cref="TlsPortAsync"/>, which is for <c>localhost</c>.</summary>
    public X509Certificate2 Authority => _certificates.Authority;

    /// <summary>What it said on its console since it was first started.</summary>
    public string Log
    {
        get { lock (_log) return _log.ToString(); }
    }

    /// <summary>One that the caller may kill; skips the test when there is no RabbitMQ (in CI: fails).</summary>
    public static async Task<RabbitMqServer> StartOwnAsync()
    {
        var server = new RabbitMqServer();
        try
        {
            await server.EnsureStartedAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The port of the MQTT plugin; anybody may connect. Starts the server at the first call, and skips the test when there is none.</summary>
    public async Task<int> MqttPortAsync()
    {
        await EnsureStartedAsync();
        return _mqttPort;
    }

    /// <summary>The port of AMQP. Starts the server at the first call, and skips the test when there is none.</summary>
    public async Task<int> AmqpPortAsync()
    {
        await EnsureStartedAsync();
        return _amqpPort;
    }

    /// <summary>The port of AMQP over TLS. Starts the server at the first call, and skips the test when there is none.</summary>
    public async Task<int> TlsPortAsync()
    {
        await EnsureStartedAsync();
        return _tlsPort;
    }

    public Task InitializeAsync() => Task.CompletedTask; // a run without its tests does not wait for it

    /// <summary>Asks it to end (SIGTERM), and waits until it has.</summary>
    public async Task StopAsync()
    {
        if (_process is null) return;
        await ChildProcesses.StopAsync(_process);
        Forget();
    }

    /// <summary>Ends it without a word (SIGKILL).</summary>
    public void Kill()
    {
        if (_process is null) return;
        ChildProcesses.Kill(_process);
        Forget();
    }

    /// <summary>While it is stopped: all that it had is gone.</summary>
    public void LoseData() => Directory.Delete(Path.Combine(_folder, "mnesia"), recursive: true);

    /// <summary>Starts it again on the same ports with the same folder, and waits until it takes connections.</summary>
    public async Task StartAgainAsync()
    {
        var start = new ProcessStartInfo(Path.Combine(s_folder!, "rabbitmq-server")) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in _environment) start.Environment[name] = value;
        var process = ChildProcesses.Start(start);
        _process = process;
        process.OutputDataReceived += (_, line) => Note(line.Data);
        process.ErrorDataReceived += (_, line) => Note(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        foreach (var port in (int[])[_mqttPort, _amqpPort, _tlsPort])
        {
            await Eventually.TrueAsync(() => process.HasExited ? throw new InvalidOperationException($"RabbitMQ ended with {process.ExitCode}: {Log}") : Ports.AnswersAsync(port), "RabbitMQ to answer");
        }
    }

    public async Task DisposeAsync()
    {
        _starting.Dispose();
        if (_process is not null) await StopAsync();
        EndNameServer();
        _certificates.Dispose();
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    ValueTask IAsyncDisposable.DisposeAsync() => new(DisposeAsync());

    private async Task EnsureStartedAsync()
    {
        Needs.Program(s_folder, "RabbitMQ", "rabbitmq-server");
        await _starting.WaitAsync();
        try
        {
            if (_environment.Count > 0) return;
            await PrepareAsync();
            await StartAgainAsync();
        }
        finally
        {
            _starting.Release();
        }
    }

    private async Task PrepareAsync()
    {
        Directory.CreateDirectory(_folder);
        (_mqttPort, _amqpPort, _tlsPort) = (Ports.Free(), Ports.Free(), Ports.Free());
        var certificate = _certificates.Make();
        using var key = certificate.GetECDsaPrivateKey()!;
        await File.WriteAllTextAsync(Path.Combine(_folder, "ca.pem"), Authority.ExportCertificatePem());
        await File.WriteAllTextAsync(Path.Combine(_folder, "server.pem"), certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(Path.Combine(_folder, "server.key"), key.ExportPkcs8PrivateKeyPem());
        await File.WriteAllTextAsync(Path.Combine(_folder, "rabbitmq.conf"), FormattableString.Invariant($"""
            listeners.tcp.1 = 127.0.0.1:{_amqpPort}
            listeners.ssl.1 = 127.0.0.1:{_tlsPort}
            ssl_options.cacertfile = {_folder}/ca.pem
            ssl_options.certfile = {_folder}/server.pem
            ssl_options.keyfile = {_folder}/server.key
            ssl_options.verify = verify_peer
            ssl_options.fail_if_no_peer_cert = false
            mqtt.listeners.tcp.1 = 127.0.0.1:{_mqttPort}
            mqtt.allow_anonymous = true
            loopback_users = none
            log.console = true
            log.console.level = info
            log.file = false

            """));
        await File.WriteAllTextAsync(Path.Combine(_folder, "enabled_plugins"), "[rabbitmq_mqtt].");
        _environment = new()
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
            ["RABBITMQ_CTL_ERL_ARGS"] = "-setcookie tctest",
        };
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

    private void Forget()
    {
        _process?.Dispose();
        _process = null;
    }

    private void Note(string? line)
    {
        if (line is null) return;
        lock (_log) _log.AppendLine(line);
    }
}

[CollectionDefinition(nameof(RabbitMqServer))]
public sealed class RabbitMqCollection : ICollectionFixture<RabbitMqServer>;
