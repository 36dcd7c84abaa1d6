using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace TriggerConsole.Tests.Testing;

/// <summary>One port of a <see cref="MosquittoServer"/>.</summary>
internal sealed record MosquittoListener
{
    public bool WebSocket { get; init; }

    /// <summary>The server's certificate with its key; null without TLS.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>The authority whose client certificates are demanded; null when none is.</summary>
    public X509Certificate2? ClientAuthority { get; init; }

    /// <summary>Lines of mosquitto.conf that belong to a listener, such as <c>max_qos 1</c>.</summary>
    public IReadOnlyList<string> Lines { get; init; } = [];
}

/// <summary>What a <see cref="MosquittoServer"/> is started with. Without anything: one plain listener, anybody may do anything, nothing is kept over a restart.</summary>
internal sealed record MosquittoSetup
{
    public IReadOnlyList<MosquittoListener> Listeners { get; init; } = [new()];

    /// <summary>Names and passwords; null when anybody may connect.</summary>
    public IReadOnlyDictionary<string, string>? Users { get; init; }

    /// <summary>Text of the ACL file (<c>user x</c>, <c>topic write a/#</c> …); null when everything is allowed.</summary>
    public string? Acl { get; init; }

    /// <summary>Sessions, queues and retained messages survive <see cref="MosquittoServer.RestartAsync"/>.</summary>
    public bool Persistent { get; init; }

    /// <summary>Further lines of mosquitto.conf for the whole broker, such as <c>max_packet_size 65536</c>.</summary>
    public IReadOnlyList<string> Lines { get; init; } = [];

    /// <summary>The set-up that MQTT 5 shows as limits in its CONNACK.</summary>
    public static MosquittoSetup Limits { get; } = new()
    {
        Lines = ["max_packet_size 65536", "max_keepalive 60", "retain_available false", "max_inflight_messages 2"],
        Listeners = [new() { Lines = ["max_qos 1", "max_topic_alias 3"] }],
    };

    /// <summary>Sessions and messages are saved once a second and at a stop.</summary>
    public static MosquittoSetup Durable { get; } = new() { Persistent = true, Lines = ["autosave_interval 1", "max_queued_messages 0"] };

    internal async Task WriteAsync(string folder, IReadOnlyList<int> ports)
    {
        var conf = new StringBuilder();
        Line("log_dest stderr");
        Line("log_type all");
        if (Environment.UserName == "root") Line("user root"); // else it gives up root, and with it the folder
        Line(FormattableString.Invariant($"allow_anonymous {(Users is null ? "true" : "false")}"));
        Line(Persistent ? $"persistence true\npersistence_location {folder}/" : "persistence false");
        if (Users is not null) Line($"password_file {await WritePasswordsAsync(folder)}");
        if (Acl is not null)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "acl"), Acl);
            Line($"acl_file {folder}/acl");
        }
        foreach (var line in Lines) Line(line);
        for (var i = 0; i < Listeners.Count; i++)
        {
            var listener = Listeners[i];
            Line(FormattableString.Invariant($"listener {ports[i]} 127.0.0.1"));
            if (listener.WebSocket) Line("protocol websockets");
            if (listener.Certificate is { } certificate)
            {
                var name = i.ToString(CultureInfo.InvariantCulture);
                await File.WriteAllTextAsync(Path.Combine(folder, $"{name}.crt"), certificate.ExportCertificatePem());
                using var key = certificate.GetECDsaPrivateKey()!;
                await File.WriteAllTextAsync(Path.Combine(folder, $"{name}.key"), key.ExportPkcs8PrivateKeyPem());
                Line($"certfile {folder}/{name}.crt\nkeyfile {folder}/{name}.key");
                if (listener.ClientAuthority is { } authority)
                {
                    await File.WriteAllTextAsync(Path.Combine(folder, $"{name}.ca"), authority.ExportCertificatePem());
                    Line($"cafile {folder}/{name}.ca\nrequire_certificate true");
                }
            }
            foreach (var line in listener.Lines) Line(line);
        }
        await File.WriteAllTextAsync(Path.Combine(folder, "mosquitto.conf"), conf.ToString());

        void Line(string text) => conf.Append(text).Append('\n');
    }

    private async Task<string> WritePasswordsAsync(string folder)
    {
        var file = Path.Combine(folder, "passwords");
        await File.WriteAllLinesAsync(file, Users!.Select(user => $"{user.Key}:{user.Value}"));
        using var hash = Process.Start(new ProcessStartInfo("mosquitto_passwd", ["-U", file]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        await hash.WaitForExitAsync();
        return hash.ExitCode == 0 ? file : throw new InvalidOperationException($"mosquitto_passwd ended with {hash.ExitCode}.");
    }
}
