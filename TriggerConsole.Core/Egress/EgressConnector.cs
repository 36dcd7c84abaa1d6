using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace TriggerConsole.Core.Egress;

/// <summary>A connected socket, or why there is none.</summary>
internal readonly struct EgressConnection
{
    private EgressConnection(Socket? socket, EgressFailure? failure) => (Socket, Failure) = (socket, failure);

    /// <summary>Connected, without delay of small packets. The caller disposes it.</summary>
    public Socket? Socket { get; }

    public EgressFailure? Failure { get; }

    [MemberNotNullWhen(false, nameof(Failure))]
    [MemberNotNullWhen(true, nameof(Socket))]
    public bool IsConnected => Failure is null;

    public static implicit operator EgressConnection(Socket socket) => new(socket, null);

    public static implicit operator EgressConnection(EgressFailure failure) => new(null, failure);
}

/// <summary>
/// The only way out: every protocol gets its TCP connections here. A name is resolved, each address judged by
/// <see cref="EgressPolicy"/>, and only allowed ones are connected to, one after the other. What is judged is the very
/// address that the socket then gets, so neither odd spellings nor a name that changes between two look-ups can slip through.
/// </summary>
internal sealed class EgressConnector(EgressPolicy policy, IHostResolver resolver, TimeProvider time)
{
    /// <summary>Limit for the name service.</summary>
    internal static readonly TimeSpan LookupLimit = TimeSpan.FromSeconds(10);

    /// <summary>Limit for all addresses together.</summary>
    internal static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(15);

    /// <summary>Limit for one address while there are others left to try.</summary>
    internal static readonly TimeSpan AddressLimit = TimeSpan.FromSeconds(4);

    /// <summary>A name with a thousand addresses is not worth a thousand tries.</summary>
    private const int MostAddresses = 8;

    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> asked for it; nothing else throws.</exception>
    public async Task<EgressConnection> ConnectAsync(string host, int port, ConnectTrace trace, CancellationToken cancellationToken)
    {
        trace.Phase = ConnectPhase.NameLookup;
        var started = time.GetTimestamp();
        var (addresses, failure) = await FindAsync(host, port, cancellationToken);
        if (failure is not null) return failure;
        if (!IPAddress.TryParse(host, out _)) trace.DnsMilliseconds = time.GetElapsedTime(started).TotalMilliseconds;

        trace.Phase = ConnectPhase.Connect;
        started = time.GetTimestamp();
        var result = await ConnectAsync(host, addresses, port, trace, cancellationToken);
        trace.ConnectMilliseconds = time.GetElapsedTime(started).TotalMilliseconds;
        if (result.IsConnected) trace.Phase = ConnectPhase.Done;
        return result;
    }

    /// <summary>
    /// The check on save: null when the host may be called, or cannot be resolved now (that is no reason to refuse it).
    /// </summary>
    public async Task<EgressFailure?> CheckAsync(string host, int port, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(limit);
        try
        {
            var (_, failure) = await FindAsync(host, port, limited.Token);
            return failure?.Fault is EgressFault.Blocked or EgressFault.BadHost ? failure : null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested) { return null; }
    }

    private async Task<(IPAddress[] Allowed, EgressFailure? Failure)> FindAsync(string host, int port, CancellationToken cancellationToken)
    {
        IPAddress[] found;
        if (IPAddress.TryParse(host, out var literal)) found = [literal];
        else
        {
            using var limited = new CancellationTokenSource(LookupLimit, time);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limited.Token);
            try { found = await resolver.ResolveAsync(host, linked.Token); }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return ([], new(EgressFault.TimedOut, $"The name service did not find {host} within {LookupLimit.TotalSeconds:0} s.", ConnectPhase.NameLookup));
            }
            catch (SocketException exception) { return ([], NotFound(host, exception)); }
            catch (Exception exception) when (exception is ArgumentException or UriFormatException)
            {
                return ([], new(EgressFault.BadHost, $"\"{host}\" cannot be a host name.", ConnectPhase.NameLookup));
            }
        }
        var verdicts = Array.ConvertAll(found, address => policy.Judge(address, port));
        var allowed = verdicts.Where(v => v.IsAllowed).Select(v => v.Address).Distinct().Take(MostAddresses).ToArray();
        if (allowed.Length > 0) return (allowed, null);
        if (verdicts.Length == 0) return ([], new(EgressFault.Dns, $"{host} has no address.", ConnectPhase.NameLookup));
        var reason = literal is null ? $"{host} has the address {found[0]}. {verdicts[0].Reason}" : verdicts[0].Reason;
        return ([], new(EgressFault.Blocked, reason, ConnectPhase.NameLookup));
    }

    private async Task<EgressConnection> ConnectAsync(string host, IPAddress[] addresses, int port, ConnectTrace trace, CancellationToken cancellationToken)
    {
        using var all = new CancellationTokenSource(ConnectLimit, time);
        for (var i = 0; ; i++)
        {
            var isLast = i == addresses.Length - 1;
            using var one = isLast ? null : new CancellationTokenSource(AddressLimit, time);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, all.Token, one?.Token ?? default);
            trace.Address = addresses[i];
            var result = await TryAsync(host, addresses[i], port, linked.Token, cancellationToken);
            if (result.IsConnected || isLast || all.IsCancellationRequested) return result;
        }
    }

    private static async Task<EgressConnection> TryAsync(string host, IPAddress address, int port, CancellationToken limited, CancellationToken cancellationToken)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(new IPEndPoint(address, port), limited);
            return socket;
        }
        catch (Exception exception)
        {
            socket?.Dispose();
            if (exception is not (OperationCanceledException or SocketException)) throw;
            return exception switch
            {
                OperationCanceledException when !cancellationToken.IsCancellationRequested
                    => new EgressFailure(EgressFault.TimedOut, $"{host} ({address}) did not take the connection on port {port} in time.", ConnectPhase.Connect),
                SocketException socketException => NotConnected(host, address, port, socketException),
                _ => throw new OperationCanceledException(cancellationToken),
            };
        }
    }

    private static EgressFailure NotFound(string host, SocketException exception) => exception.SocketErrorCode switch
    {
        SocketError.HostNotFound or SocketError.NoData => new(EgressFault.Dns, $"There is no host named {host}. Check the spelling.", ConnectPhase.NameLookup),
        SocketError.TryAgain => new(EgressFault.Dns, $"The name service gave no answer for {host}. This may pass.", ConnectPhase.NameLookup),
        var code => new(EgressFault.Dns, $"The name {host} could not be looked up ({code}).", ConnectPhase.NameLookup),
    };

    private static EgressFailure NotConnected(string host, IPAddress address, int port, SocketException exception) => exception.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => new(EgressFault.Refused, $"{host} ({address}) refused the connection: nothing listens on port {port}.", ConnectPhase.Connect),
        SocketError.TimedOut => new(EgressFault.TimedOut, $"{host} ({address}) did not take the connection on port {port} in time.", ConnectPhase.Connect),
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.NetworkDown or SocketError.AddressFamilyNotSupported or SocketError.AddressNotAvailable
            => new(EgressFault.Unreachable, $"There is no way from here to {host} ({address}).", ConnectPhase.Connect),
        var code => new(EgressFault.Unreachable, $"The connection to {host} ({address}), port {port}, could not be made ({code}).", ConnectPhase.Connect),
    };
}
