using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace TriggerConsole.Core.Persistence.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Amqp : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "amqp_brokers",
                columns: table => new
                {
                    id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    name = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    enabled = table.Column<bool>(type: "INTEGER", nullable: false),
                    settings = table.Column<string>(type: "TEXT", nullable: false),
                    protected_secrets = table.Column<string>(type: "TEXT", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_amqp_brokers", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "amqp_exchanges",
                columns: table => new
                {
                    id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    broker_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    name = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    type = table.Column<string>(type: "TEXT", maxLength: 10, nullable: false),
                    durable = table.Column<bool>(type: "INTEGER", nullable: false),
                    auto_delete = table.Column<bool>(type: "INTEGER", nullable: false),
                    @internal = table.Column<bool>(name: "internal", type: "INTEGER", nullable: false),
                    alternate_exchange = table.Column<string>(type: "TEXT", maxLength: 255, nullable: true),
                    arguments = table.Column<string>(type: "TEXT", nullable: false),
                    declare = table.Column<bool>(type: "INTEGER", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_amqp_exchanges", x => x.id);
                    table.ForeignKey(
                        name: "fk_amqp_exchanges_broker_id",
                        column: x => x.broker_id,
                        principalTable: "amqp_brokers",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "amqp_bindings",
                columns: table => new
                {
                    id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    exchange_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    queue = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    routing_key = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    arguments = table.Column<string>(type: "TEXT", nullable: false),
                    queue_settings = table.Column<string>(type: "TEXT", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_amqp_bindings", x => x.id);
                    table.ForeignKey(
                        name: "fk_amqp_bindings_exchange_id",
                        column: x => x.exchange_id,
                        principalTable: "amqp_exchanges",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_amqp_bindings_exchange_id",
                table: "amqp_bindings",
                column: "exchange_id");

            migrationBuilder.CreateIndex(
                name: "ix_amqp_exchanges_broker_id_name",
                table: "amqp_exchanges",
                columns: new[] { "broker_id", "name" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "amqp_bindings");

            migrationBuilder.DropTable(
                name: "amqp_exchanges");

            migrationBuilder.DropTable(
                name: "amqp_brokers");
        }
    }
}
