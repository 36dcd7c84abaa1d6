using System.Diagnostics;
using System.Text;

namespace TriggerConsole.Tests.Testing;

/// <summary>
/// A private mosquitto: own folder, own ports, gone afterwards. It keeps ports and folder over <see cref="StopAsync"/>,
/// <see cref="Kill"/> and <see cref="StartAgainAsync"/>.
/// </summary>
internal sealed class MosquittoServer : IAsyncDisposable
{
    private static readonly string? s_program = Needs.Find("mosquitto", "/usr/sbin", "/usr/local/sbin");
    private readonly string _folder = Directory.CreateTempSubdirectory("tc-mosquitto-").FullName;
    private readonly StringBuilder _log = new();
    private readonly MosquittoSetup _setup;
    private int[] _ports = [];
    private Process? _process;

    private MosquittoServer(MosquittoSetup setup) => _setup = setup;

    /// <summary>The port of the first listener.</summary>
    public int Port => _ports[0];

    /// <summary>The ports in the order of <see cref="MosquittoSetup.Listeners"/>.</summary>
    public IReadOnlyList<int> Ports => _ports;

    public bool IsRunning => _process is { HasExited: false };

    /// <summary>What it has said on its connections and packets since it was first started.</summary>
    public string Log
    {
        get { lock (_log) return _log.ToString(); }
    }

    /// <summary>Starts one and waits until it answers; skips the test when there is no mosquitto (in CI: fails).</summary>
    public static async Task<MosquittoServer> StartAsync(MosquittoSetup? setup = null)
    {
        Needs.Program(s_program, "mosquitto", "mosquitto");
        Needs.Program(Needs.Find("mosquitto_sub"), "mosquitto_sub", "mosquitto-clients");
        var server = new MosquittoServer(setup ?? new());
        for (var tries = 0; ; tries++)
        {
            server._ports = [.. server._setup.Listeners.Select(_ => Testing.Ports.Free())];
            await server._setup.WriteAsync(server._folder, server._ports);
            if (await server.TryStartAsync()) return server;
            // Somebody took the port between the look and the start
            if (tries < 5 && server.Log.Contains("Address already in use", StringComparison.Ordinal)) continue;
            await server.DisposeAsync();
            throw new InvalidOperationException($"mosquitto does not start: {server.Log}");
        }
    }

    public static Task<MosquittoServer> StartAsync(params string[] lines) => StartAsync(new MosquittoSetup { Lines = lines });

    /// <summary>Asks it to end (SIGTERM), so that it saves what it keeps, and waits until it has ended.</summary>
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

    /// <summary>Starts it again on the same ports with the same folder.</summary>
    public Task StartAgainAsync() => Eventually.TrueAsync(TryStartAsync, "mosquitto to start again");

    /// <summary>Stop and start.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAgainAsync();
    }

    /// <summary>Stops the process in its tracks (SIGSTOP): connections stay, nothing is answered.</summary>
    public void Pause() => ChildProcesses.Signal(_process!, "STOP");

    public void Continue() => ChildProcesses.Signal(_process!, "CONT");

    public ValueTask DisposeAsync()
    {
        Kill();
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task<bool> TryStartAsync()
    {
        _process = ChildProcesses.Start(new(s_program!, ["-c", Path.Combine(_folder, "mosquitto.conf")]) { RedirectStandardError = true, RedirectStandardOutput = true });
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        var answering = 0;
        await Eventually.TrueAsync(async () =>
        {
            while (answering < _ports.Length && !_process.HasExited && await Testing.Ports.AnswersAsync(_ports[answering])) answering++;
            return answering == _ports.Length || _process.HasExited;
        }, "mosquitto to answer");
        if (!_process.HasExited) return true;
        await _process.WaitForExitAsync(); // until all it said has arrived
        ChildProcesses.Kill(_process);
        Forget();
        return false;
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
