using System.Diagnostics;
using System.Text;

namespace TriggerConsole.Tests.Testing;

/// <summary>TriggerConsole as a process of its own, so that a test can kill it as an operating system does.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly StringBuilder _output = new();
    private readonly string _folder;
    private readonly Dictionary<string, string?> _settings;
    private Process? _process;

    /// <param name="folder">Where its database is; survives a kill.</param>
    /// <param name="settings">Configuration on top of the usual.</param>
    public ServerProcess(string folder, Dictionary<string, string?>? settings = null)
    {
        (_folder, _settings) = (folder, settings ?? []);
        Port = Ports.Free();
        Client = new HttpClient { BaseAddress = new($"http://127.0.0.1:{Port}"), Timeout = TimeSpan.FromSeconds(30) };
        Client.DefaultRequestHeaders.Add("X-Api-Key", TestApp.ApiKey);
    }

    public int Port { get; }

    public HttpClient Client { get; }

    public int Id => _process!.Id;

    public string Output
    {
        get { lock (_output) return _output.ToString(); }
    }

    public async Task StartAsync()
    {
        var start = new ProcessStartInfo("dotnet", [Program]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetDirectoryName(Program) };
        foreach (var (key, value) in new Dictionary<string, string?>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{Port}",
            ["Database__Directory"] = _folder,
            ["TriggerConsole__Admin__Email"] = TestApp.Email,
            ["TriggerConsole__Admin__Password"] = TestApp.Password,
            ["TriggerConsole__Admin__ApiKey"] = TestApp.ApiKey,
            ["Egress__AllowedNetworks__0"] = "127.0.0.0/8",
            ["Logging__LogLevel__Default"] = "Warning",
            ["LoadShedding__MaxDelay"] = "00:01:00", // a machine that builds and tests other things beside is overloaded indeed
        }.Concat(_settings.Select(s => KeyValuePair.Create(s.Key.Replace(":", "__"), s.Value)))) start.Environment[key] = value;
        _process = ChildProcesses.Start(start); // none outlives the test run
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await Eventually.TrueAsync(async () =>
        {
            if (_process.HasExited) throw new InvalidOperationException($"The server ended with {_process.ExitCode}: {Output}");
            try
            {
                using var response = await Client.GetAsync("/health/ready");
                return response.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, "the server to be ready");
    }

    /// <summary>Ends it without a word (SIGKILL).</summary>
    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Asks it to end (SIGTERM) and waits until it has.</summary>
    public async Task StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await _process!.WaitForExitAsync().WaitAsync(Eventually.Limit);
        _process.Dispose();
        _process = null;
    }

    public void Dispose()
    {
        if (_process is { HasExited: false }) Kill();
        Client.Dispose();
    }

    /// <summary>TriggerConsole.dll, as it was built.</summary>
    public static string Program { get; } = Find();

    private static string Find()
    {
        // …/TriggerConsole.Tests/bin/Debug/net10.0/ → …/TriggerConsole/bin/Debug/net10.0/TriggerConsole.dll
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(Repository.Root, "TriggerConsole", "bin", output.Parent!.Name, output.Name, "TriggerConsole.dll");
    }

    private void Note(string? line)
    {
        if (line is null) return;
        lock (_output) _output.AppendLine(line);
    }
}
