using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using TriggerConsole.Hosting;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Deploy;

/// <summary>What can be checked of the container files without a container engine.</summary>
public sealed partial class ContainerTests
{
    private static readonly string s_docker = Path.Combine(Repository.Root, "docker");

    // Read by the runtime, the web server and the images beside ours
    private static readonly string[] s_others = ["ASPNETCORE_URLS", "DOTNET_EnableDiagnostics", "PUBLIC_HOST", "POSTGRES_DB", "POSTGRES_USER", "POSTGRES_PASSWORD", "RABBITMQ_DEFAULT_USER", "RABBITMQ_DEFAULT_PASS"];

    public static TheoryData<string> Files => [.. new[] { "docker/Dockerfile", "docker/compose.yaml", "docker/compose.cluster.yaml", "docker/triggerconsole.env.example", "deploy/systemd/triggerconsole.service" }];

    [Theory]
    [MemberData(nameof(Files))]
    public void EnvironmentKeys_AreReadByTheProgram(string file)
    {
        var keys = Key().Matches(Text(file)).Select(m => m.Groups["key"].Value).Where(key => !s_others.Contains(key)).Distinct().ToList();
        Assert.NotEmpty(keys);

        var configuration = new ConfigurationBuilder().AddInMemoryCollection(keys.Select(key => KeyValuePair.Create(key.Replace("__", ":", StringComparison.Ordinal), (string?)"x"))).Build();

        Assert.All(keys, key => Assert.Contains("__", key, StringComparison.Ordinal));
        CommandLine.CheckConfiguration(configuration); // throws for a key that nothing reads
        Assert.All(configuration.GetSection("TriggerConsole:Admin").GetChildren(), child => Assert.True(child.Key is "Email" or "Password" or "ApiKey", child.Key));
        Assert.All(configuration.GetSection("ConnectionStrings").GetChildren(), child => Assert.Equal("TriggerConsole", child.Key));
    }

    [Theory]
    [InlineData("compose.yaml")]
    [InlineData("compose.cluster.yaml")]
    public async Task Compose_IsYamlWithoutPasswords(string file)
    {
        Assert.DoesNotMatch(new Regex(@"PASS(WORD)?: [^$\s]", RegexOptions.IgnoreCase), Text("docker/" + file));
        var python = Needs.Find("python3");
        Needs.Program(python, "python3", "python3-yaml");
        using var process = Process.Start(new ProcessStartInfo(python!, ["-c", "import sys\ntry:\n import yaml\nexcept ImportError:\n sys.exit(77)\nd = yaml.safe_load(open(sys.argv[1]))\nfor n, s in d['services'].items():\n assert 'image' in s, n\nprint(' '.join(sorted(d['services'])))", Path.Combine(s_docker, file)]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (await process.StandardOutput.ReadToEndAsync(), await process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode == 77) throw new SkippedException("$XunitDynamicSkip$PyYAML is not installed (Debian package python3-yaml).");
        Assert.True(process.ExitCode == 0, error);
        Assert.NotEmpty(output);
    }

    [Fact]
    public void FilesThatAreNamed_AreThere()
    {
        var named = new List<string> { "docker/Dockerfile", "docker/Caddyfile", "docker/triggerconsole.env.example", "docker/cluster.env.example", "docs/operating.md" };
        named.AddRange(Regex.Matches(Text("docker/compose.cluster.yaml"), @"- \./(\S+?):").Select(m => "docker/" + m.Groups[1].Value));
        named.AddRange(Regex.Matches(Text("docker/compose.yaml") + Text("docker/compose.cluster.yaml"), @"dockerfile: (\S+)").Select(m => m.Groups[1].Value));
        named.AddRange(Regex.Matches(Text("docker/Dockerfile"), @"publish (\S+)").Select(m => m.Groups[1].Value));

        Assert.All(named, file => Assert.True(File.Exists(Path.Combine(Repository.Root, file)), file));
        var variables = Regex.Matches(Text("docker/compose.cluster.yaml"), @"\$\{(\w+):\?").Select(m => m.Groups[1].Value).Distinct();
        Assert.Empty(variables.Except(Regex.Matches(Text("docker/cluster.env.example"), @"(?m)^(\w+)=$").Select(m => m.Groups[1].Value)));
    }

    [Fact]
    public async Task Published_AsTheDockerfileDoes_StartsAsAnotherUserFromAFolderItCannotWrite()
    {
        var folder = Directory.CreateTempSubdirectory("tc-image-").FullName;
        try
        {
            var (app, data) = (Path.Combine(folder, "app"), Path.Combine(folder, "data"));
            var publish = Regex.Match(Text("docker/Dockerfile"), @"RUN (dotnet publish .*) --output /app").Groups[1].Value;
            // What was built for the tests: to compile it once more takes two minutes and shows nothing that the build has not shown
            var built = publish.Replace("--configuration Release", $"--configuration {new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name} --no-build", StringComparison.Ordinal);
            Assert.NotEqual(publish, built);
            await RunAsync("bash", "-c", $"cd '{Repository.Root}' && {built} --output '{app}' -maxcpucount:1 -nodeReuse:false");
            Directory.CreateDirectory(data);
            var isRoot = Environment.UserName == "root";
            if (isRoot) await RunAsync("bash", "-c", $"chown nobody '{data}' && chmod 755 '{folder}' && chmod 700 '{data}'");
            await RunAsync("bash", "-c", $"chmod -R a-w,a+rX '{app}'");

            var port = Ports.Free();
            var start = new ProcessStartInfo(isRoot ? "runuser" : "dotnet", isRoot ? ["-u", "nobody", "--", "dotnet", $"{app}/TriggerConsole.dll"] : [$"{app}/TriggerConsole.dll"])
            {
                WorkingDirectory = app,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            (start.Environment["ASPNETCORE_URLS"], start.Environment["Database__Directory"], start.Environment["DOTNET_EnableDiagnostics"], start.Environment["HOME"]) = ($"http://+:{port}", data, "0", "/nonexistent");
            using var server = ChildProcesses.Start(start);
            try
            {
                _ = server.StandardOutput.ReadToEndAsync();
                var said = server.StandardError.ReadToEndAsync();
                await Eventually.TrueAsync(async () =>
                {
                    if (server.HasExited) throw new InvalidOperationException($"It ended with {server.ExitCode}: {await said}");
                    using var probe = Process.Start(new ProcessStartInfo("dotnet", [$"{app}/TriggerConsole.dll", "--health", $"http://localhost:{port}"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
                    await probe.WaitForExitAsync();
                    return probe.ExitCode == 0;
                }, "the published program to be healthy");
                using var client = new HttpClient { BaseAddress = new($"http://127.0.0.1:{port}") };
                Assert.Contains("TriggerConsole", await client.GetStringAsync("/setup"), StringComparison.Ordinal);
                using var script = await client.GetAsync("/_framework/blazor.web.js");
                Assert.True(script.IsSuccessStatusCode);
                Assert.True(File.Exists(Path.Combine(data, "triggerconsole.db")));
            }
            finally
            {
                ChildProcesses.Kill(server);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Text(string file) => File.ReadAllText(Path.Combine(Repository.Root, file));

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = ChildProcesses.Start(new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true });
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(10));
        Assert.True(process.ExitCode == 0, await output + await error);
    }

    [GeneratedRegex(@"(?m)^\s*(ENV |Environment=)?(?<key>[A-Za-z]\w*(__\w+)+|[A-Z]+_\w+)(:|=)")]
    private static partial Regex Key();
}
