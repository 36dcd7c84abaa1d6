using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TriggerConsole.Core.Diagnostics;

namespace TriggerConsole.Core.Mail;

/// <summary>Mails that nobody waits for, one after the other, three tries each. In memory: what is not sent when the server stops is lost, and asked for again by whoever misses it.</summary>
internal sealed partial class MailQueue(IMailSender sender, TimeProvider time, ILogger<MailQueue> logger) : BackgroundService
{
    private const int Capacity = 200;
    private const int Tries = 3;

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(20);

    private readonly Channel<MailMessage> _waiting = Channel.CreateBounded<MailMessage>(new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    public void Add(MailMessage message)
    {
        if (!_waiting.Writer.TryWrite(message)) LogDropped(Capacity);
    }

    /// <summary>Sends one mail that waits, with all its tries.</summary>
    internal async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var message = await _waiting.Reader.ReadAsync(cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await sender.SendAsync(message, cancellationToken);
                LogSent(message.Subject);
                return;
            }
            catch (MailException exception) when (exception.IsTransient && attempt < Tries)
            {
                await Task.Delay(s_pause * attempt, time, cancellationToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                LogFailed(message.Subject, exception.Message);
                return;
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true) await RunOnceAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { /* normal stop */ }
    }

    // Without the address: logs are read by more people than the list of users
    [LoggerMessage(EventIds.MailSent, LogLevel.Information, "Mail sent: {Subject}.")]
    private partial void LogSent(string subject);

    [LoggerMessage(EventIds.MailFailed, LogLevel.Warning, "A mail was not sent ({Subject}): {Reason}")]
    private partial void LogFailed(string subject, string reason);

    [LoggerMessage(EventIds.MailDropped, LogLevel.Warning, "A mail was dropped: {Capacity} wait already. Is the mail server away?")]
    private partial void LogDropped(int capacity);
}
