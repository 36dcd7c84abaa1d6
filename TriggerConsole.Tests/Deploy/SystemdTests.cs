using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using TriggerConsole.Hosting;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Deploy;

public sealed class SystemdTests
{
    private static readonly string s_unit = Path.Combine(Repository.Root, "deploy", "systemd", "triggerconsole.service");

    [Fact]
    public void Notifier_Tells_WhatTheSocketGets()
    {
        var path = Path.Combine(Path.GetTempPath(), $"tc-notify-{Guid.NewGuid():N}");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.ReceiveTimeout = 5000;
        try
        {
            SystemdNotifier.Tell(path, "READY=1");

            var buffer = new byte[100];
            Assert.Equal("READY=1", Encoding.ASCII.GetString(buffer, 0, socket.Receive(buffer)));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Notifier_NobodyListens_GoesOn() => SystemdNotifier.Tell("/nonexistent/socket", "READY=1");

    [Fact]
    public async Task Unit_IsOneThatSystemdTakes()
    {
        var analyze = Needs.Find("systemd-analyze");
        if (analyze is null) throw new SkippedException("$XunitDynamicSkip$systemd-analyze is not installed (Debian package systemd).");
        var folder = Directory.CreateTempSubdirectory("tc-unit-").FullName;
        try
        {
            // The program is not installed where the unit says
            var copy = Path.Combine(folder, "triggerconsole.service");
            await File.WriteAllTextAsync(copy, (await File.ReadAllTextAsync(s_unit)).Replace("ExecStart=/opt/triggerconsole/TriggerConsole", "ExecStart=/bin/true", StringComparison.Ordinal));
            using var process = Process.Start(new ProcessStartInfo(analyze, ["verify", copy]) { RedirectStandardError = true })!;
            var said = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();

            Assert.True(process.ExitCode == 0, said);
            Assert.DoesNotContain("triggerconsole.service:", said, StringComparison.Ordinal); // unknown keys are only said
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
