using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Operations.Checks;

/// <summary><c>--check</c> finds what would keep the server from working, and says what to do.</summary>
public sealed class CheckTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tc-check-").FullName;

    [Fact]
    public async Task Check_NothingThereYet_IsFineAndMakesNothing()
    {
        var run = await RunAsync(new() { ["urls"] = "http://127.0.0.1:0" });

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        Assert.Contains("it is made at the first start", run.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task Check_BesideAServerWithABrokerThatIsAway_SaysSo()
    {
        using var server = new ServerProcess(_folder);
        await server.StartAsync();
        using var made = await server.Client.PostAsJsonAsync("/api/mqtt/brokers", new { name = "Hall", url = "mqtt://127.0.0.1:1" });
        made.EnsureSuccessStatusCode();
        var settings = new Dictionary<string, string?> { ["urls"] = $"http://127.0.0.1:{server.Port}" };

        var run = await RunAsync(settings);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("FAULT MQTT broker Hall: ", run.Output, StringComparison.Ordinal);
        Assert.Contains("ok    database: ", run.Output, StringComparison.Ordinal);
        Assert.Contains("note  address: ", run.Output, StringComparison.Ordinal);

        var offline = await RunAsync(settings, "--offline");
        Assert.True(offline.ExitCode == 0, offline.Output);
        Assert.Contains("note  MQTT broker Hall: Not called", offline.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_AddressTaken_IsAFault()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();

        var run = await RunAsync(new() { ["urls"] = $"http://127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}" });

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("FAULT address: ", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Execution:MaxConcurrency", "0", "Execution:MaxConcurrency")]
    [InlineData("Egress:AllowedNetworks:1", "ten", "Egress:AllowedNetworks:1")]
    [InlineData("Execution:MaxConcurency", "5", "Did you mean Execution:MaxConcurrency?")]
    public async Task Check_SettingWrong_NamesIt(string key, string value, string said)
    {
        var run = await RunAsync(new() { [key] = value });

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(said, run.Output + run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_DatabaseAway_IsAFaultThatSaysWhichSetting()
    {
        var run = await RunAsync(new() { ["urls"] = "http://127.0.0.1:0", ["Database:Provider"] = "PostgreSql", ["ConnectionStrings:TriggerConsole"] = "Host=127.0.0.1;Port=1;Username=u;Password=canary-5521;Database=d;Timeout=3" });

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("FAULT database: PostgreSql cannot be opened", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("canary-5521", run.Output + run.Error, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<CommandRun> RunAsync(Dictionary<string, string?> settings, params string[] more)
        => CommandRun.StartAsync(CommandRun.At(_folder).Concat(settings).GroupBy(s => s.Key).ToDictionary(g => g.Key, g => g.Last().Value), ["--check", .. more]);
}
